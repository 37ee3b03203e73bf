package io.walreceiver.server;

import io.walreceiver.server.command.ReceiverCommand;
import io.walreceiver.server.console.Console;

/** Entry point of the {@code receiver} program. */
public final class Main {

    private static final int FAILED = 1;

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
        } finally {
            Runtime.getRuntime().halt(FAILED); // reached only if telling it failed too: no heap is left for that, say
        }
    }
}
