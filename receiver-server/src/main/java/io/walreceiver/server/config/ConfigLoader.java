package io.walreceiver.server.config;

import io.walreceiver.server.config.Given.Origin;
import io.walreceiver.server.input.InvalidFileException;
import io.walreceiver.server.input.Mistakes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the options of the service: the command line counts before the environment, that before the file, and that before what is
 * preset. Not safe for use by several threads.
 */
public final class ConfigLoader {

    /** Where segments are taken that are pushed if nobody says where they come from. */
    private static final String PUSH_PRESET = "http://127.0.0.1:7401";

    private static final String SOURCES = "sources";
    private static final String PUSH = "push.listen";

    private final Map<String, String> environment;
    private final Section all = Section.all();
    private final Layer commandLine = new Layer();
    private final Mistakes mistakes = new Mistakes();
    private Optional<Path> file = Optional.empty();

    /**
     * Starts with what is preset, and what the environment says.
     *
     * @param environment all of its variables; those that do not begin with WAL_RECEIVER_ are left alone
     */
    public ConfigLoader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        Optional.ofNullable(environment.get(EnvironmentLayer.CONFIG))
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> file = Optional.of(Path.of(name)));
    }

    /** The file to read; it counts before the one that the environment names. */
    public ConfigLoader file(Path named) {
        file = Optional.of(named);
        return this;
    }

    /**
     * An option of the command line.
     *
     * @param name what it is called there, for messages
     * @param path of the option, such as {@code web.listen}
     * @param value as it was written
     */
    public ConfigLoader option(String name, String path, String value) {
        commandLine.put(path, new Given(value, Origin.of(name)));
        return this;
    }

    /** Any option, by its path. */
    public ConfigLoader set(String path, String value) {
        String name = "--set " + path;
        if (Options.isKnown(all, path)) {
            return option(name, path, value);
        }
        mistakes.add(Origin.of(name).mistake("unknown option" + Options.nearest(all, path)));
        return this;
    }

    /** All sources, by their addresses. */
    public ConfigLoader sources(String name, List<String> addresses) {
        commandLine.putWhole(SOURCES);
        for (int i = 0; i < addresses.size(); i++) {
            option(name, SOURCES + "[" + i + "].address", addresses.get(i));
        }
        return this;
    }

    /**
     * Reads everything.
     *
     * @throws InvalidFileException if anything is wrong: it names all mistakes, each with its place
     * @throws IOException if the file cannot be read
     */
    public EffectiveConfig load() throws IOException {
        List<Layer> spoken = new ArrayList<>();
        spoken.add(commandLine);
        spoken.add(EnvironmentLayer.read(environment, all, mistakes));
        if (file.isPresent()) {
            spoken.add(FileLayer.read(file.get(), all, mistakes));
        }
        Layers layers = new Layers(withPush(spoken));
        Optional<ServerConfig> config =
                new Binder(layers, mistakes).bind(all, "").map(ServerConfig.class::cast);
        config.ifPresent(bound -> new Conflicts(bound, layers, mistakes).look());
        if (config.isEmpty() || !mistakes.isEmpty()) {
            throw mistakes.asException();
        }
        return new EffectiveConfig(config.get(), layers);
    }

    /** Somewhere segments must come from. */
    private static List<Layer> withPush(List<Layer> spoken) {
        Layers layers = new Layers(spoken);
        boolean demo = layers.given("demo.enabled").stream()
                .findFirst()
                .filter(given -> given.text().equals("true"))
                .isPresent();
        if (layers.items(SOURCES) == 0 && !demo) {
            Layer presets = new Layer();
            presets.put(PUSH, new Given(PUSH_PRESET, Origin.PRESET));
            spoken.add(presets);
        }
        return spoken;
    }
}
