package io.walreceiver.transport.netty.tcp;

/** Text that a peer sent, made fit for a log, a terminal and a status page. */
final class PeerText {

    private static final int MAX_CHARS = 512;

    private PeerText() {}

    /** The text without control and formatting characters, and no longer than a few lines. */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_CHARS));
        for (int i = 0; i < text.length() && clean.length() < MAX_CHARS; i++) {
            char c = text.charAt(i);
            boolean plain = !Character.isISOControl(c)
                    && Character.getType(c) != Character.FORMAT
                    && c != '\u2028'
                    && c != '\u2029';
            clean.append(plain ? c : '?');
        }
        return clean.toString();
    }
}
