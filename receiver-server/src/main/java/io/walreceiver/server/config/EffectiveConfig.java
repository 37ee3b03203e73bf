package io.walreceiver.server.config;

import io.walreceiver.server.config.Given.Origin;
import io.walreceiver.server.config.Section.Member;
import io.walreceiver.server.config.Section.Option;
import io.walreceiver.server.config.Section.Part;
import java.nio.file.Path;
import java.util.List;

/** The options that are in effect, and where they come from. Immutable. */
public final class EffectiveConfig {

    private static final String INDENT = "  ";

    private final ServerConfig config;
    private final Layers layers;

    EffectiveConfig(ServerConfig config, Layers layers) {
        this.config = config;
        this.layers = layers;
    }

    /** The options. */
    public ServerConfig config() {
        return config;
    }

    /** Whether somebody has said what an option is. */
    public boolean isGiven(String path) {
        return !layers.origin(path).equals(Origin.PRESET);
    }

    /**
     * As a file that can be read back as the same, with a comment wherever somebody said something. Files that hold secrets are named,
     * and not looked into.
     */
    public String yaml() {
        StringBuilder text = new StringBuilder();
        write(Section.all(), config, "", "", text);
        return text.toString();
    }

    private void write(Section section, Record record, String prefix, String indent, StringBuilder text) {
        for (Member member : section.members()) {
            String path = prefix + member.key();
            Object value = member.of(record);
            if (member instanceof Option option) {
                text.append(indent).append(member.key()).append(": ").append(line(option, value, path));
            } else if (member instanceof Part part && part.repeated()) {
                writeList(part, (List<?>) value, path, indent, text);
            } else if (member instanceof Part part) {
                text.append(indent).append(member.key()).append(":\n");
                write(part.section(), (Record) value, path + ".", indent + INDENT, text);
            }
        }
    }

    private void writeList(Part part, List<?> items, String path, String indent, StringBuilder text) {
        text.append(indent).append(part.key()).append(items.isEmpty() ? ": []\n" : ":\n");
        for (int i = 0; i < items.size(); i++) {
            StringBuilder item = new StringBuilder();
            String inner = indent + INDENT + INDENT;
            write(part.section(), (Record) items.get(i), path + "[" + i + "].", inner, item);
            item.replace(0, inner.length(), indent + INDENT + "- ");
            text.append(item);
        }
    }

    private String line(Option option, Object value, String path) {
        Origin origin = layers.origin(path);
        return quoted(option.kind(Path.of("")).write(value))
                + (origin.equals(Origin.PRESET) ? "" : "  # " + comment(origin.toString())) + "\n";
    }

    private static String comment(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /** What YAML could take for something else is quoted. */
    private static String quoted(String text) {
        if (text.matches("[\\w./][\\w./+@-]*(?:://[\\w.:\\[\\]-]+)?") && !text.matches("(?i)null|y|n|yes|no|on")) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ' || c == 0x7f) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
