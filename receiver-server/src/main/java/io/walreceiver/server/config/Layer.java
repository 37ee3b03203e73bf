package io.walreceiver.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was said in one place: values by the paths of their options, such as {@code sources[0].address}. Not safe for use by several
 * threads.
 */
final class Layer {

    private static final Pattern ITEM = Pattern.compile("([a-z-]+)\\[(\\d+)]\\..*");

    private final Map<String, Given> values = new LinkedHashMap<>();
    private final Map<String, Boolean> wholeLists = new LinkedHashMap<>();

    void put(String path, Given value) {
        values.put(path, value);
    }

    /** Here a list is said from its beginning to its end: what is said of it elsewhere, with less weight, counts for nothing. */
    void putWhole(String list) {
        wholeLists.put(list, true);
    }

    Map<String, Given> values() {
        return values;
    }

    /** Whether something is said of a list. */
    boolean speaksOf(String list) {
        return isWhole(list) || values.keySet().stream().anyMatch(path -> path.startsWith(list + "["));
    }

    boolean isWhole(String list) {
        return wholeLists.containsKey(list);
    }

    /** How many items of a list are said, by the highest index. */
    int items(String list) {
        return values.keySet().stream()
                .map(ITEM::matcher)
                .filter(Matcher::matches)
                .filter(item -> item.group(1).equals(list))
                .mapToInt(item -> Integer.parseInt(item.group(2)) + 1)
                .max()
                .orElse(0);
    }
}
