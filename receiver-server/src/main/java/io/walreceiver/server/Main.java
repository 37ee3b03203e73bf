package io.walreceiver.server;

import io.walreceiver.server.command.ReceiverCommand;
import io.walreceiver.server.console.Console;

/** Entry point of the {@code receiver} program. */
public final class Main {

    private Main() {}

    /** Runs one command and exits with its code; see {@code docs/cli.md}. */
    public static void main(String[] args) {
        System.exit(ReceiverCommand.run(Console.ofProcess(), args));
    }
}
