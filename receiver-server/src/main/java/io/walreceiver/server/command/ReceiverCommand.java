package io.walreceiver.server.command;

import io.walreceiver.server.console.BrokenPipe;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Paint;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** The program: a group of commands. */
@Command(
        name = "receiver",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Receives write-ahead log segments and replays their signal events, exactly once and in order, into a"
                        + " ledger of scores and counts.",
        footer = {
            "",
            "To see it work, with real data and nothing else installed:  receiver demo",
            "Each command explains itself:                               receiver COMMAND --help"
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT + "; verify and inspect: a file is not intact",
            Exit.USAGE_TEXT,
            Exit.INCOMPLETE_TEXT
        })
public final class ReceiverCommand implements Runnable {

    private final Console console;

    private ReceiverCommand(Console console) {
        this.console = console;
    }

    /**
     * Runs a command.
     *
     * @param console where it writes
     * @param args the command's name and its arguments
     * @return the exit code; see {@link Exit}
     */
    public static int run(Console console, String... args) {
        Failures failures = new Failures(console);
        try {
            // Help goes through a text: picocli shows a stack trace where it cannot write it.
            StringWriter help = new StringWriter();
            int code =
                    commandLine(console, failures).setOut(new PrintWriter(help)).execute(args);
            console.out().print(help);
            console.flush();
            return code;
        } catch (BrokenPipe e) {
            return Exit.BROKEN_PIPE;
        } catch (UncheckedIOException e) {
            return failures.unwritable(e);
        } catch (OutOfMemoryError e) {
            return failures.fatal(e);
        }
    }

    /**
     * Tells that a thread of a command has died.
     *
     * @return the exit code
     */
    public static int died(Console console, Throwable failure) {
        return new Failures(console).fatal(failure);
    }

    /** Without a command there is nothing to do but to say what there is. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(commandLine(console, new Failures(console)), "a command is missing");
    }

    private static CommandLine group(Object command) {
        return new CommandLine(command);
    }

    private static CommandLine commandLine(Console console, Failures failures) {
        return new CommandLine(new ReceiverCommand(console))
                .addSubcommand(new DemoCommand(console))
                .addSubcommand(new ReplayCommand(console))
                .addSubcommand(new TopCommand(console))
                .addSubcommand(new VerifyCommand(console))
                .addSubcommand(new InspectCommand(console))
                .addSubcommand(new GenerateCommand(console))
                .addSubcommand(new ServeCommand(console))
                .addSubcommand(new HealthCommand(console))
                .addSubcommand(new PublishCommand(console))
                .addSubcommand(new ShipCommand(console))
                .addSubcommand(new BootstrapCommand(console))
                .addSubcommand(new StatusCommand(console))
                .addSubcommand(new ExportCommand(console))
                .addSubcommand(new CheckpointCommand(console))
                .addSubcommand(new SkipCommand(console))
                .addSubcommand(group(new QuarantineCommand())
                        .addSubcommand(new QuarantineListCommand(console))
                        .addSubcommand(new QuarantineShowCommand(console))
                        .addSubcommand(new QuarantineDropCommand(console)))
                .addSubcommand(group(new LogCommand()).addSubcommand(new LogDropCommand(console)))
                .addSubcommand(group(new SchemaCommand())
                        .addSubcommand(new SchemaShowCommand(console))
                        .addSubcommand(new SchemaApplyCommand(console)))
                .addSubcommand(new DiffCommand(console))
                .addSubcommand(new CertsCommand(console))
                .addSubcommand(new CommandLine.HelpCommand())
                .setErr(console.err())
                .setUsageHelpWidth(Math.max(80, Math.min(120, console.terminal().columns())))
                .setUsageHelpAutoWidth(false)
                .setExpandAtFiles(false)
                .setColorScheme(Help.defaultColorScheme(console.paint() == Paint.ANSI ? Ansi.ON : Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }
}
