package io.walreceiver.server.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where a command writes: results to {@link #out()}, diagnostics and progress to {@link #err()}. Both are UTF-8 whatever the
 * locale, as names of entities are. Not safe for use by several threads at once.
 */
public final class Console {

    private final PrintWriter out;
    private final PrintWriter err;
    private final Terminal terminal;
    private final AtomicBoolean lastWord = new AtomicBoolean();

    private Console(PrintWriter out, PrintWriter err, Terminal terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** The console of this process. */
    public static Console ofProcess() {
        // Not System.out: a PrintStream hides that its reader has gone.
        return of(
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                Terminal.ofProcess());
    }

    /** A console over the given streams. */
    public static Console of(OutputStream out, OutputStream err, Terminal terminal) {
        PrintWriter results = new PrintWriter(new OutputStreamWriter(new PipeStream(out), StandardCharsets.UTF_8));
        PrintWriter diagnostics = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
        return new Console(results, diagnostics, terminal);
    }

    /** Results. Flushed at the end of the command, or by {@link #flush()}. */
    public PrintWriter out() {
        return out;
    }

    /** Diagnostics and progress. Flushed at each line. */
    public PrintWriter err() {
        return err;
    }

    /** Colours of {@link #out()}. */
    public Paint paint() {
        return terminal.output() && terminal.colour() ? Paint.ANSI : Paint.PLAIN;
    }

    /** Colours of {@link #err()}. */
    public Paint errPaint() {
        return terminal.diagnostics() && terminal.colour() ? Paint.ANSI : Paint.PLAIN;
    }

    /** The terminal, if there is one. */
    public Terminal terminal() {
        return terminal;
    }

    /** Says on {@link #err()} that something is wrong. */
    public void error(String message) {
        out.flush();
        err.println(errPaint().red("error:") + " " + message);
    }

    /** Says on {@link #err()} that something deserves a look. */
    public void warning(String message) {
        out.flush();
        err.println(errPaint().yellow("warning:") + " " + message);
    }

    /** Says on {@link #err()} what to do next. */
    public void next(String step) {
        err.println(errPaint().bold(" next:") + " " + step);
    }

    /**
     * Whether the caller is the first to ask. Several threads may die of one cause, such as a heap that is too small; the first
     * tells of it.
     */
    public boolean claimLastWord() {
        return lastWord.compareAndSet(false, true);
    }

    /** Writes out what is buffered. */
    public void flush() {
        out.flush();
        err.flush();
    }
}
