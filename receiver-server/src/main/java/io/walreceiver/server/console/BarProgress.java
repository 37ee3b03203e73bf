package io.walreceiver.server.console;

import io.walreceiver.server.interrupt.OnInterrupt;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that moves, and is wiped away in the end: the summary that follows says it all. */
final class BarProgress implements Progress {

    private static final String ERASE_LINE = "\r\u001b[K";

    private final Line line;
    private final OnInterrupt tidyUp;
    private final ProgressBar bar;

    BarProgress(Console console, String task, String unit, long unitSize, long total) {
        this.line = new Line(console);
        this.bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(" " + unit, unitSize)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                .setUpdateIntervalMillis(100)
                .showSpeed(new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                .setConsumer(line)
                .build();
        this.tidyUp = OnInterrupt.run("wipe-progress", this::wipe);
    }

    @Override
    public void advance(long by) {
        bar.stepBy(by);
    }

    @Override
    public void close() {
        wipe();
        tidyUp.close();
    }

    private void wipe() {
        bar.close();
        line.clear();
    }

    /** Draws over one line; the width is the console's, so that no native terminal library is needed to ask for it. */
    private record Line(Console console) implements ProgressBarConsumer {

        @Override
        public int getMaxRenderedLength() {
            return console.terminal().columns() - 1;
        }

        @Override
        public void accept(String rendered) {
            console.err().print("\r" + rendered);
            console.err().flush();
        }

        @Override
        public void clear() {
            console.err().print(ERASE_LINE);
            console.err().flush();
        }

        @Override
        public void close() {}
    }
}
