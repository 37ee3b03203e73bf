package io.walreceiver.server.command;

import picocli.CommandLine.Option;

/** Options that every command has. */
final class CommonOptions {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Option(names = "--json", description = "Write the result as JSON to standard output.")
    private boolean json;

    @Option(names = "--debug", description = "Show stack traces of failures.")
    @SuppressWarnings("unused") // Failures asks the parse result
    private boolean debug;

    boolean json() {
        return json;
    }
}
