package io.walreceiver.server.schemafile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walreceiver.schema.SignalType;
import io.walreceiver.server.input.InvalidFileException;
import io.walreceiver.server.input.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaFileTest {

    @TempDir
    private Path directory;

    @Test
    void readsYaml() throws IOException {
        SchemaFile schema = load("s.yaml", """
                # a comment
                signals:
                  - {type: 0, name: touch, half-life: 7d}
                  - type: 255
                    name: "quoted name"
                    half-life: permanent
                  - {type: 3, name: iso, half-life: PT1H30M}
                """);

        assertThat(schema.schema().types())
                .containsExactly(
                        SignalType.exponential(0, "touch", Duration.ofDays(7)),
                        SignalType.exponential(3, "iso", Duration.ofMinutes(90)),
                        SignalType.permanent(255, "quoted name"));
        assertThat(schema.entities()).isEmpty();
        assertThat(schema.entityNames().show(-1)).isEqualTo("18446744073709551615");
    }

    @Test
    void readsJsonAndNames() throws IOException {
        Files.writeString(
                directory.resolve("names.csv"), "entity_id,path\n18446744073709551615,\"a, \"\"b\"\"\"\n7,c\n");

        SchemaFile schema = load("s.json", """
                {"signals": [{"type": 1, "name": "like", "half-life": "1d12h"}], "entities": "names.csv"}
                """);

        assertThat(schema.schema().types()).containsExactly(SignalType.exponential(1, "like", Duration.ofHours(36)));
        assertThat(schema.entityNames().name(-1)).contains("a, \"b\"");
        assertThat(schema.entityNames().size()).isEqualTo(2);
    }

    @Test
    void tellsAllMistakesAtOnceWithTheirPlaces() {
        assertThat(mistakes("s.yaml", """
                        signals:
                          - {type: 0, name: touch, half-life: 7}
                          - {type: 0, name: touch, half-life: 7d}
                          - {type: 256, name: "", half-life: 0d}
                          - {kind: 1, name: x, half-life: 3 weeks}
                          - churn
                        entities: nowhere.csv
                        extra: 1
                        """))
                .containsExactly(
                        "2:39: half-life: found \"7\" (a number needs a unit), expected a duration such as 90m, 12h, 7d, 1d12h"
                                + " or PT36H, or the word permanent",
                        "3:12: type: 0 is used twice, first in line 2",
                        "3:21: name: touch is used twice, first in line 2",
                        "4:12: type: found \"256\", expected a number from 0 to 255",
                        "4:23: name: found nothing, expected a name",
                        "4:38: half-life: found \"0d\", expected more than zero",
                        "5:5: a signal lacks the key type; expected a number from 0 to 255",
                        "5:6: unknown key \"kind\"; a signal has the keys type, name, half-life",
                        "5:35: half-life: found \"3 weeks\", expected a duration such as 90m, 12h, 7d, 1d12h or PT36H,"
                                + " or the word permanent",
                        "6:5: a signal: found \"churn\", expected a mapping such as {type: 0, name: view, half-life: 7d}",
                        "7:11: entities: " + directory.resolve("nowhere.csv")
                                + " is not a file that can be read; names are relative to the schema",
                        "8:1: unknown key \"extra\"; a schema file has the keys signals, entities");
    }

    @Test
    void tellsWhereItIsNotWellFormed() {
        assertThat(mistakes("s.yaml", "signals:\n\t- {type: 0}\n"))
                .containsExactly(
                        "2:1: not well-formed YAML: found character '\\t(TAB)' that cannot start any token. (Do not use"
                                + " \\t(TAB) for indentation)");
        assertThat(mistakes("s.json", "{\"signals\": [}"))
                .containsExactly("1:14: not well-formed JSON: Unexpected close marker '}': expected ']'");
        assertThat(mistakes("s.yaml", "")).containsExactly("0:0: the file is empty");
        assertThat(mistakes("s.yaml", "just words"))
                .singleElement()
                .asString()
                .contains("expected a mapping with the key signals");
        assertThat(mistakes("s.yaml", "another file ".repeat(1_000)))
                .singleElement()
                .asString()
                .hasSizeLessThan(200)
                .contains("another file another file");
        assertThat(mistakes("s.yaml", "signals: []")).singleElement().asString().contains("found an empty list");
        assertThat(mistakes("s.yaml", "signals:\n")).singleElement().asString().contains("found nothing");
        assertThat(mistakes("s.yaml", "entities: x\nentities: y"))
                .hasSize(3)
                .anyMatch(m -> m.contains("written twice"));
        assertThat(mistakes("s.yaml", "signals: a\n---\nsignals: b\n"))
                .singleElement()
                .asString()
                .contains("second document");
        assertThat(mistakes("s.yaml", "[".repeat(1000))).hasSize(1);
    }

    @Test
    void namesFileTellsItsMistakes() throws IOException {
        Files.writeString(directory.resolve("names.csv"), "entity_id,path\n1,a\n1,b\nx,c\n2,d,e\n");
        SchemaFile schema = load("s.yaml", "{signals: [{type: 1, name: a, half-life: 1d}], entities: names.csv}");

        InvalidFileException e = catchThrowableOfType(InvalidFileException.class, schema::entityNames);

        assertThat(e.mistakes())
                .extracting(mistake -> mistake.line() + ": " + mistake.what())
                .containsExactly(
                        "3: entity 1 is named twice, first a",
                        "4: entity_id: found \"x\", expected a number from 0 to 2^64-1",
                        "5: found 3 fields, expected 2: a name with a comma needs double quotes");
    }

    private List<String> mistakes(String name, String text) {
        return catchThrowableOfType(InvalidFileException.class, () -> load(name, text)).mistakes().stream()
                .map(this::withoutFile)
                .toList();
    }

    private String withoutFile(Mistake mistake) {
        return mistake.line() + ":" + mistake.column() + ": " + mistake.what();
    }

    private SchemaFile load(String name, String text) throws IOException {
        return SchemaFile.load(Files.writeString(directory.resolve(name), text));
    }
}
