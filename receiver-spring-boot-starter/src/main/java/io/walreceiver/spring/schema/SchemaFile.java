package io.walreceiver.spring.schema;

import io.walreceiver.spring.config.InvalidConfigurationException;
import io.walreceiver.spring.config.Mistake;
import io.walreceiver.spring.config.ReceiverProperties.Signal;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

/** Reads schema files, which are YAML, and so may be JSON. */
public final class SchemaFile {

    private static final String PROPERTY = "wal-receiver.schema-location";
    private static final String EXPECTED =
            "a schema file: YAML with a list named signals, of items such as" + " {type: 0, name: view, half-life: 7d}";

    private final ResourceLoader resources;

    /**
     * A reader of files.
     *
     * @param resources finds them
     */
    public SchemaFile(ResourceLoader resources) {
        this.resources = resources;
    }

    /**
     * Reads the signals of a file. Blocks.
     *
     * @param location {@code classpath:...}, {@code file:...}
     * @return one or more, not checked yet
     * @throws InvalidConfigurationException if it cannot be read
     */
    List<Signal> read(String location) {
        Resource resource = resources.getResource(location);
        if (!resource.exists()) {
            throw wrong(location, "there is no such resource", null);
        }
        try {
            List<PropertySource<?>> documents = new YamlPropertySourceLoader().load(location, resource);
            List<Signal> signals = new Binder(ConfigurationPropertySources.from(documents))
                    .bind(
                            "signals",
                            Bindable.listOf(Signal.class),
                            new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                    .orElse(List.of());
            if (signals.isEmpty()) {
                throw wrong(location, "it names no signals", null);
            }
            return signals;
        } catch (BindException e) {
            throw wrong(location, reason(e), e);
        } catch (IOException | RuntimeException e) {
            if (e instanceof InvalidConfigurationException known) {
                throw known;
            }
            throw wrong(location, String.valueOf(e.getMessage()), e);
        }
    }

    private static String reason(BindException e) {
        if (e.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
            return "unknown keys: "
                    + unknown.getUnboundProperties().stream()
                            .map(property -> property.getName() + " (" + property.getOrigin() + ")")
                            .toList();
        }
        return e.getProperty() == null
                ? String.valueOf(e.getMessage())
                : "found \"" + e.getProperty().getValue() + "\" for " + e.getName() + " ("
                        + e.getProperty().getOrigin() + ")";
    }

    private static InvalidConfigurationException wrong(String location, String why, @Nullable Exception cause) {
        InvalidConfigurationException wrong = new InvalidConfigurationException(List.of(new Mistake(
                PROPERTY,
                location,
                EXPECTED + "; " + why,
                "Correct the file, or " + PROPERTY
                        + ", which names it: classpath:schema.yaml, file:/etc/app/schema.yaml."
                        + " Instead of a file, wal-receiver.schema.signals can list the signals.")));
        if (cause != null) {
            wrong.initCause(cause);
        }
        return wrong;
    }
}
