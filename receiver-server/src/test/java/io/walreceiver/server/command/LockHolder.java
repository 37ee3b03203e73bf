package io.walreceiver.server.command;

import io.walreceiver.storage.LockedData;
import java.io.IOException;
import java.nio.file.Path;

/** A process that holds a data directory until its input ends, or it is killed. */
final class LockHolder {

    private LockHolder() {}

    public static void main(String[] args) throws IOException {
        try (LockedData locked = LockedData.take(Path.of(args[0]))) {
            System.out.println(locked.stored().logs().isEmpty() ? "empty" : "locked");
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        }
    }
}
