package io.walreceiver.spring.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.spring.config.InvalidConfigurationException;
import io.walreceiver.spring.config.ReceiverProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.DefaultResourceLoader;

class SchemaFileTest {

    @TempDir
    Path folder;

    @Test
    void aFileAsTheServerWritesItIsRead() throws Exception {
        SignalSchema schema = read("""
                signals:
                  - {type: 0, name: view, half-life: 7d}
                  - {type: 1, name: "on", half-life: 1d12h}
                  - {type: 7, name: total, half-life: permanent}
                entities: entities.csv
                """);
        assertThat(schema.types()).extracting(type -> type.name()).containsExactly("view", "on", "total");
        assertThat(schema.types())
                .extracting(type -> type.halfLife())
                .containsExactly(Optional.of(Duration.ofDays(7)), Optional.of(Duration.ofHours(36)), Optional.empty());
    }

    @Test
    void jsonIsYaml() throws Exception {
        SignalSchema schema = read("{\"signals\": [{\"type\": 3, \"name\": \"view\", \"half-life\": \"PT36H\"}]}");
        assertThat(schema.types()).extracting(type -> type.index()).containsExactly(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "signals: []",
                "signal: [{type: 0, name: view, half-life: 7d}]",
                "signals: [{type: 0, name: view, halflive: 7d}]",
                "signals: [{type: zero, name: view, half-life: 7d}]",
                "signals: [{type: 0, name: view}]",
                "signals: [{type: 0, name: view, half-life: 7d}",
                "signals: [{type: 0, name: a, half-life: 7d}, {type: 0, name: b, half-life: 7d}]"
            })
    void aFileThatIsWrongIsToldByItsName(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("wal-receiver.schema-location")
                .hasMessageContaining("schema.yaml");
    }

    @Test
    void aFileThatIsMissingIsTold() {
        assertThatThrownBy(() -> read(folder.resolve("none.yaml")))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("none.yaml")
                .hasMessageContaining("no such resource");
    }

    @ParameterizedTest
    @CsvSource({"90m,PT1H30M", "1w,PT168H", "500ms,PT0.5S", "1d12h,PT36H", "P1D,PT24H", "3us,PT0.000003S"})
    void halfLivesAreRead(String text, Duration expected) {
        assertThat(HalfLife.parse(text)).contains(new HalfLife(Optional.of(expected)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "d", "7d ", "-7d", "0s", "7x", "P", "PT0S", "999999999999999999w", "Permanent"})
    void whatIsNoHalfLifeIsRefused(String text) {
        assertThat(HalfLife.parse(text)).isEmpty();
    }

    private SignalSchema read(String text) throws Exception {
        return read(Files.writeString(folder.resolve("schema.yaml"), text));
    }

    private static SignalSchema read(Path file) {
        Binder binder = new Binder(new MapConfigurationPropertySource(
                Map.of("wal-receiver.schema-location", file.toUri().toString())));
        ReceiverProperties properties = binder.bindOrCreate("wal-receiver", Bindable.of(ReceiverProperties.class));
        return new SchemaReader(new SchemaFile(new DefaultResourceLoader())).read(properties);
    }
}
