package io.walreceiver.server.console;

/** Colours for a stream, or none. */
public enum Paint {
    /** Text stays as it is. */
    PLAIN,
    /** Text is wrapped in the escape sequences of ANSI terminals. */
    ANSI;

    /** Emphasised. */
    public String bold(String text) {
        return wrap("1", text);
    }

    /** Of less interest. */
    public String dim(String text) {
        return wrap("2", text);
    }

    /** Wrong. */
    public String red(String text) {
        return wrap("31", text);
    }

    /** Right. */
    public String green(String text) {
        return wrap("32", text);
    }

    /** Worth a look. */
    public String yellow(String text) {
        return wrap("33", text);
    }

    /** Data drawn as bars. */
    public String cyan(String text) {
        return wrap("36", text);
    }

    private String wrap(String code, String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
