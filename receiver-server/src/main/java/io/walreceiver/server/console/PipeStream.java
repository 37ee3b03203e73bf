package io.walreceiver.server.console;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Turns a failed write into a {@link BrokenPipe}, or an UncheckedIOException if the reader is still there. A PrintWriter swallows
 * IOExceptions, so that a command would go on computing for a reader who has left.
 */
final class PipeStream extends FilterOutputStream {

    /** How the operating systems call it. */
    private static final String BROKEN_PIPE = "Broken pipe";

    PipeStream(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) {
        guard(() -> out.write(b));
    }

    @Override
    public void write(byte[] b, int off, int len) {
        guard(() -> out.write(b, off, len));
    }

    @Override
    public void flush() {
        guard(out::flush);
    }

    private static void guard(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            if (BROKEN_PIPE.equals(e.getMessage())) {
                throw new BrokenPipe(e);
            }
            throw new UncheckedIOException("the result cannot be written: " + e.getMessage(), e);
        }
    }

    private interface Write {
        void run() throws IOException;
    }
}
