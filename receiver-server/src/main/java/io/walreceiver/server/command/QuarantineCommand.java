package io.walreceiver.server.command;

import picocli.CommandLine.Command;

/** A group of commands. */
@Command(name = "quarantine", description = "Show or drop the refused segments that a data directory keeps aside.")
final class QuarantineCommand extends CommandGroup {}
