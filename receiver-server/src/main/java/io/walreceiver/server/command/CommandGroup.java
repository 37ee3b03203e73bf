package io.walreceiver.server.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that does nothing but hold others. */
abstract class CommandGroup implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli sets it

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing after " + spec.name() + ": one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
