package io.walreceiver.server.config;

import io.walreceiver.server.config.Section.Member;
import io.walreceiver.server.config.Section.Option;
import io.walreceiver.server.config.Section.Part;
import io.walreceiver.server.input.Nearest;
import java.util.LinkedHashMap;
import java.util.Map;

/** All options by their paths, in order; {@code []} in a path stands for any item of a list. */
final class Options {

    private Options() {}

    static Map<String, Option> of(Section section) {
        Map<String, Option> options = new LinkedHashMap<>();
        add(section, "", options);
        return options;
    }

    static boolean isKnown(Section section, String path) {
        return of(section).containsKey(path.replaceAll("\\[\\d{1,2}]", "[]"));
    }

    /** What may have been meant, for a message. */
    static String nearest(Section section, String path) {
        return Nearest.to(path, of(section).keySet())
                .map(near -> "; is " + near + " meant?")
                .orElse("; receiver serve --print-config shows what there is");
    }

    private static void add(Section section, String prefix, Map<String, Option> options) {
        for (Member member : section.members()) {
            String path = prefix + member.key();
            if (member instanceof Option option) {
                options.put(path, option);
            } else if (member instanceof Part part) {
                add(part.section(), path + (part.repeated() ? "[]." : "."), options);
            }
        }
    }
}
