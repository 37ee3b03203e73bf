package io.walreceiver.server;

import io.walreceiver.server.command.ReceiverCommand;
import io.walreceiver.server.console.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Entry point of the {@code receiver} program. */
public final class Main {

    private static final int FAILED = 1;
    private static final FileOutputStream STANDARD_ERROR = new FileOutputStream(FileDescriptor.err);
    private static final byte[] NO_HEAP = ("error: the Java heap is too small even to say what failed\n"
                    + " next: give it more, for example JAVA_OPTS=-Xmx4g\n")
            .getBytes(StandardCharsets.UTF_8);

    private Main() {}

    /** Runs one command and exits with its code; see {@code docs/cli.md}. */
    public static void main(String[] args) {
        Console console = Console.ofProcess();
        // A thread of the pipeline that dies would leave the command waiting for it for ever.
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> exitAfter(console, e));
        System.exit(ReceiverCommand.run(console, args));
    }

    private static void exitAfter(Console console, Throwable failure) {
        try {
            System.exit(ReceiverCommand.died(console, failure));
        } finally { // reached only if telling it failed too: no heap is left for that, say
            lastWords();
            Runtime.getRuntime().halt(FAILED);
        }
    }

    /** Takes no memory. */
    private static void lastWords() {
        try {
            STANDARD_ERROR.write(NO_HEAP);
        } catch (IOException | RuntimeException | Error e) {
            // There is nobody left to tell.
        }
    }
}
