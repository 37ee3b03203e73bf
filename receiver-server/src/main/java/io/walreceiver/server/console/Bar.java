package io.walreceiver.server.console;

/** A horizontal bar of block characters, drawn in eighths of a character. */
public final class Bar {

    private static final String PARTS = " ▏▎▍▌▋▊▉";

    private Bar() {}

    /**
     * A bar.
     *
     * @param value what to draw; nothing is drawn for zero or less
     * @param longest the value that fills {@code width}
     * @param width length of the longest bar in characters
     * @return the bar without trailing blanks; a value above zero shows at least a sliver
     */
    public static String of(double value, double longest, int width) {
        if (!(value > 0) || !(longest > 0) || width < 1) {
            return "";
        }
        long eighths = Math.max(1, Math.round(Math.min(1, value / longest) * width * 8));
        String whole = "█".repeat((int) (eighths / 8));
        int rest = (int) (eighths % 8);
        return rest == 0 ? whole : whole + PARTS.charAt(rest);
    }
}
