package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.spring.config.ReceiverProperties;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code docs/spring.md} says what is true. */
class SpringDocumentTest {

    private static final String PREFIX = "wal-receiver.";
    private static final Path ROOT = Path.of(System.getProperty("vectors")).resolveSibling("docs");
    private static final Path DOCUMENT = ROOT.resolve("spring.md");
    private static final Map<String, Class<? extends Record>> ITEMS =
            Map.of("schema.signals", ReceiverProperties.Signal.class, "sources", ReceiverProperties.Source.class);

    @Test
    void everyPropertyIsInTheTableAsTheMetadataHaveIt() throws Exception {
        List<String> expected = new ArrayList<>();
        for (JsonNode property : metadata().get("properties")) {
            String name = property.get("name").asString();
            if (name.startsWith(PREFIX)) {
                JsonNode preset = property.get("defaultValue");
                expected.add("| `" + name.substring(PREFIX.length()) + "` | "
                        + property.get("description").asString() + " | "
                        + (preset == null ? "" : "`" + preset.asString() + "`") + " |");
            }
        }
        List<String> rows = rows();
        rows.removeIf(row -> row.contains("[]."));
        assertThat(rows).containsExactlyElementsOf(expected);
    }

    @Test
    void everyKeyOfAnItemIsInTheTableWithItsDefault() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        ITEMS.forEach((list, item) -> keys(list + "[].", item, expected));
        Map<String, String> found = new TreeMap<>();
        rows().stream()
                .filter(row -> row.contains("[]."))
                .map(row -> row.split(" *\\| *", -1))
                .forEach(cells -> {
                    assertThat(cells[2]).as(cells[1]).isNotBlank();
                    found.put(cells[1].replace("`", ""), cells[3].replace("`", ""));
                });
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void everyPropertyHasADescription() throws Exception {
        for (JsonNode property : metadata().get("properties")) {
            assertThat(property.has("description"))
                    .as(property.get("name").asString())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TwoReceiversTest", "PushedSegmentsTest"})
    void itsBeansAreThoseOfTheTests(String test) throws Exception {
        String source = Files.readString(ROOT.resolveSibling(
                "receiver-spring-boot-starter/src/test/java/io/walreceiver/spring/" + test + ".java"));
        String snippet = source.substring(source.indexOf("// docs/spring.md: "), source.indexOf("// end"))
                .lines()
                .skip(1)
                .collect(Collectors.joining("\n"))
                .stripIndent()
                .strip();
        assertThat(Files.readString(DOCUMENT)).contains("```java\n" + snippet + "\n```");
    }

    private static void keys(String prefix, Class<?> item, Map<String, String> into) {
        for (RecordComponent component : item.getRecordComponents()) {
            String key =
                    prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (component.getType().isRecord()) {
                keys(key + ".", component.getType(), into);
            } else {
                String preset = Arrays.stream(item.getDeclaredConstructors()[0].getParameters())
                        .filter(parameter -> parameter.getName().equals(component.getName()))
                        .findFirst()
                        .map(parameter -> parameter.getAnnotation(DefaultValue.class))
                        .map(value -> value.value()[0])
                        .orElse("");
                into.put(key, preset);
            }
        }
    }

    private static List<String> rows() throws IOException {
        String text = Files.readString(DOCUMENT);
        String table = text.substring(text.indexOf("<!-- properties:"), text.indexOf("<!-- end of properties -->"));
        return table.lines().filter(line -> line.startsWith("| `")).collect(Collectors.toCollection(ArrayList::new));
    }

    private static JsonNode metadata() throws IOException {
        for (URL found : Collections.list(SpringDocumentTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
            String text = new String(found.openStream().readAllBytes(), StandardCharsets.UTF_8);
            if (text.contains(PREFIX)) {
                return JsonMapper.shared().readTree(text);
            }
        }
        throw new AssertionError("the annotation processor has made no metadata");
    }
}
