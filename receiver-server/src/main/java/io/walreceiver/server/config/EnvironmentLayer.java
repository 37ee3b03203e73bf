package io.walreceiver.server.config;

import io.walreceiver.server.config.Given.Origin;
import io.walreceiver.server.config.Section.Member;
import io.walreceiver.server.config.Section.Part;
import io.walreceiver.server.input.Mistakes;
import io.walreceiver.server.input.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads options from the environment: {@code web.listen} is {@code WAL_RECEIVER_WEB_LISTEN}. */
final class EnvironmentLayer {

    static final String PREFIX = "WAL_RECEIVER_";
    /** The variable that names the file. */
    static final String CONFIG = PREFIX + "CONFIG";

    private static final Pattern INDEX = Pattern.compile("_(\\d{1,2})_");

    private final Map<String, String> paths = new HashMap<>();
    private final Map<String, Part> lists = new HashMap<>();
    private final Mistakes mistakes;
    private final Layer layer = new Layer();

    private EnvironmentLayer(Section all, Mistakes mistakes) {
        this.mistakes = mistakes;
        name(all, "");
    }

    /** Variables that are empty count as not set. */
    static Layer read(Map<String, String> environment, Section all, Mistakes mistakes) {
        EnvironmentLayer reader = new EnvironmentLayer(all, mistakes);
        new TreeMap<>(environment).forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !name.equals(CONFIG) && !value.isEmpty()) {
                reader.read(name, value);
            }
        });
        return reader.layer;
    }

    /** The variable of an option; {@code []} in its path, which stands for any item of a list, becomes an N. */
    static String variable(String path) {
        return PREFIX
                + path.replace("[]", ".N")
                        .replace("[", ".")
                        .replace("]", "")
                        .replaceAll("[.-]", "_")
                        .toUpperCase(Locale.ROOT);
    }

    private void name(Section section, String prefix) {
        for (Member member : section.members()) {
            String path = prefix + member.key();
            if (member instanceof Part part && part.repeated()) {
                lists.put(variable(path), part);
                name(part.section(), path + "[].");
            } else if (member instanceof Part part) {
                name(part.section(), path + ".");
            } else {
                paths.put(variable(path), path);
            }
        }
    }

    private void read(String name, String value) {
        Given given = new Given(value, Origin.of(name));
        Part list = lists.get(name);
        if (list != null) {
            readList(list, given);
            return;
        }
        Matcher index = INDEX.matcher(name);
        boolean item = index.find();
        String path = paths.get(item ? index.replaceFirst("_N_") : name);
        if (path == null) {
            mistakes.add(given.origin()
                    .mistake("unknown variable"
                            + Nearest.to(name, known())
                                    .map(near -> "; is " + near + " meant?")
                                    .orElse("; receiver serve --print-config shows what there is")));
        } else {
            layer.put(item ? path.replace("[]", "[" + Integer.parseInt(index.group(1)) + "]") : path, given);
        }
    }

    private void readList(Part list, Given given) {
        layer.putWhole(list.key());
        String[] items = given.text().split(",");
        for (int i = 0; i < items.length; i++) {
            layer.put(
                    list.key() + "[" + i + "]." + list.section().keys().get(0),
                    new Given(items[i].strip(), given.origin()));
        }
    }

    private List<String> known() {
        Set<String> known = new LinkedHashSet<>(paths.keySet());
        known.addAll(lists.keySet());
        known.add(CONFIG);
        return new ArrayList<>(known);
    }
}
