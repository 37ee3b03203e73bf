package io.walreceiver.server.config;

import io.walreceiver.server.config.Given.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was said in several places, that with the most weight first. */
record Layers(List<Layer> layers) {

    /** What was said of an option, that with the most weight first. */
    List<Given> given(String path) {
        List<Given> all = new ArrayList<>();
        int bracket = path.indexOf('[');
        for (Layer layer : layers) {
            Optional.ofNullable(layer.values().get(path)).ifPresent(all::add);
            if (bracket > 0 && layer.isWhole(path.substring(0, bracket))) {
                break;
            }
        }
        return all;
    }

    /** How many items a list has. */
    int items(String list) {
        int items = 0;
        for (Layer layer : layers) {
            items = Math.max(items, layer.items(list));
            if (layer.isWhole(list)) {
                break;
            }
        }
        return items;
    }

    /** Whether anything was said of a list. */
    boolean speakOf(String list) {
        return layers.stream().anyMatch(layer -> layer.speaksOf(list));
    }

    /** Where what counts was said. */
    Origin origin(String path) {
        return given(path).stream().findFirst().map(Given::origin).orElse(Origin.PRESET);
    }
}
