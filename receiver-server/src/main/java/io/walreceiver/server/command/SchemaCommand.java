package io.walreceiver.server.command;

import picocli.CommandLine.Command;

/** A group of commands. */
@Command(name = "schema", description = "Show or change the schema that a data directory was written under.")
final class SchemaCommand extends CommandGroup {}
