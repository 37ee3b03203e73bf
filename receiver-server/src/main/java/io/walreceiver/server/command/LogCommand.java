package io.walreceiver.server.command;

import picocli.CommandLine.Command;

/** A group of commands. */
@Command(name = "log", description = "Change what a data directory holds of a log.")
final class LogCommand extends CommandGroup {}
