package io.walreceiver.storage.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Damages a file in every way that takes one bit, or cuts its end off, and asks that reading it tells. */
public final class Damage {

    private Damage() {}

    /** The file is as it was when this returns. */
    public static void everyKindIsFound(Path file, ThrowingCallable read) throws IOException {
        byte[] good = Files.readAllBytes(file);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            for (int bit = 0; bit < good.length * 8; bit++) {
                set(bytes, bit / 8, good[bit / 8] ^ 1 << bit % 8);
                isFound(file, "bit " + bit, read);
                set(bytes, bit / 8, good[bit / 8]);
            }
            set(bytes, good.length, 0);
            isFound(file, "one byte more", read);
            for (int length = good.length - 1; length >= 0; length--) {
                bytes.setLength(length);
                isFound(file, "cut at " + length, read);
            }
        }
        Files.write(file, good);
        assertThat(catchThrowable(read)).isNull();
    }

    private static void set(RandomAccessFile bytes, int at, int value) throws IOException {
        bytes.seek(at);
        bytes.write(value);
    }

    private static void isFound(Path file, String damage, ThrowingCallable read) {
        assertThat(catchThrowable(read))
                .as(damage)
                .isInstanceOf(DamagedFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContainingAll("expected ", "found ", "; ");
    }
}
