package io.walreceiver.server.command;

import io.walreceiver.server.console.BrokenPipe;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.input.InvalidFileException;
import io.walreceiver.server.input.Mistake;
import io.walreceiver.server.service.ServiceFailure;
import io.walreceiver.storage.StorageException;
import io.walreceiver.transport.netty.security.SecurityFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns failures into messages that say what to do next; stack traces are for {@code --debug}. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

    private static final String DEBUG = "receiver.debug";

    private final Console console;

    Failures(Console console) {
        this.console = console;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        console.error(oneLine(e));
        UnmatchedArgumentException.printSuggestions(e, console.err());
        console.next("see " + help(command));
        return Exit.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
        if (e instanceof BrokenPipe) {
            return Exit.BROKEN_PIPE;
        }
        if (Boolean.getBoolean(DEBUG) || command.getParseResult().hasMatchedOption("--debug")) {
            e.printStackTrace(console.err());
        }
        return tell(e, command);
    }

    /** Standard output takes no more. */
    int unwritable(UncheckedIOException failure) {
        console.err().println(console.errPaint().red("error:") + " " + oneLine(failure));
        console.next("see where standard output goes; is the disk full?");
        return Exit.FAILED;
    }

    /** Something that no command can handle. */
    int fatal(Throwable failure) {
        if (!console.claimLastWord()) {
            return Exit.FAILED;
        }
        if (!(failure instanceof OutOfMemoryError)) {
            if (Boolean.getBoolean(DEBUG)) {
                failure.printStackTrace(console.err());
            }
            return unexpected(failure);
        }
        console.error("the Java heap of " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB is too small for this");
        console.next("give it more, for example JAVA_OPTS=-Xmx4g");
        return Exit.FAILED;
    }

    private int tell(Exception e, CommandLine command) {
        if (e instanceof CommandFailure failure) {
            console.error(oneLine(failure));
            console.next(failure.nextStep());
            return failure.exitCode();
        }
        if (e instanceof ServiceFailure failure) {
            console.error(oneLine(failure));
            console.next(Shell.commands(failure.nextStep()));
            return failure.isUsage() ? Exit.USAGE : Exit.FAILED;
        }
        if (e instanceof StorageException storage) {
            return storage(storage);
        }
        if (e instanceof ParameterException parameter) {
            return handleParseException(parameter, new String[0]);
        }
        if (e instanceof InvalidFileException invalid) {
            return mistakes(invalid.mistakes());
        }
        if (e instanceof SecurityFileException security) {
            console.error(security.file() + ": " + String.join("; ", security.problems()));
            console.next(security.nextStep());
            return Exit.USAGE;
        }
        if (e instanceof UncheckedIOException io) {
            return io.getCause() instanceof FileSystemException file ? unusable(file, command) : unwritable(io);
        }
        if (e instanceof IOException io) {
            return unusable(io, command);
        }
        return unexpected(e);
    }

    /** Its message ends with what to do: after the last line break, or the last semicolon. */
    private int storage(StorageException e) {
        String message = String.valueOf(e.getMessage());
        int lineBreak = message.lastIndexOf('\n');
        int end = lineBreak < 0 ? message.lastIndexOf("; ") : lineBreak;
        List<String> story =
                (end < 0 ? message : message.substring(0, end)).lines().toList();
        console.error(story.get(0));
        story.stream().skip(1).forEach(line -> console.err().println("  " + line));
        console.next(
                end < 0
                        ? "see that the directory is there and may be used"
                        : Shell.commands(message.substring(end + (lineBreak < 0 ? 2 : 1))));
        return switch (e.reason()) {
            case MISSING, NOT_A_DATA_DIRECTORY, NOT_WRITABLE, NEWER_FORMAT, OTHER_SCHEMA -> Exit.USAGE;
            case LOCKED, DAMAGED, DISK_FULL, IO -> Exit.FAILED;
        };
    }

    private int unexpected(Throwable failure) {
        console.error("unexpected: " + failure);
        console.next("this is a defect: report it, with what --debug or JAVA_OPTS=-Dreceiver.debug=true adds");
        return Exit.FAILED;
    }

    private int mistakes(List<Mistake> mistakes) {
        List<String> files = mistakes.stream().map(Mistake::file).distinct().toList();
        String file = files.size() == 1 ? files.get(0) : "the configuration";
        console.error(file + ": " + (mistakes.size() == 1 ? "1 mistake" : mistakes.size() + " mistakes")
                + "; nothing was done");
        mistakes.forEach(mistake -> console.err().println("  " + mistake));
        console.next("correct " + file + " and run the command again");
        return Exit.USAGE;
    }

    private int unusable(IOException e, CommandLine command) {
        console.error(e instanceof FileSystemException file ? reason(file) : oneLine(e));
        console.next(
                e instanceof AccessDeniedException denied
                        ? "see who may use it: ls -ld " + denied.getFile()
                        : "see that the file is there and may be used, then run the command again; " + help(command)
                                + " says what is expected");
        return Exit.FAILED;
    }

    private static String help(CommandLine command) {
        return Shell.command(command.getCommandSpec().qualifiedName() + " --help");
    }

    /** What the operating system said, in words: the message of these exceptions is often the bare name of the file. */
    static String reason(FileSystemException e) {
        String file = String.valueOf(e.getFile());
        if (e instanceof NoSuchFileException) {
            return file + ": there is no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return file + ": access is denied";
        }
        if (e instanceof NotDirectoryException) {
            return file + ": not a directory";
        }
        if (e instanceof FileAlreadyExistsException) {
            return file + ": exists already";
        }
        return e.getReason() == null ? file + ": " + e.getClass().getSimpleName() : file + ": " + e.getReason();
    }

    private static String oneLine(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
