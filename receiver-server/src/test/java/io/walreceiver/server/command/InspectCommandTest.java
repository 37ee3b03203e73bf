package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.server.inspect.SegmentPart;
import io.walreceiver.server.inspect.SegmentScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class InspectCommandTest {

    private static final Path VERDICTS = Run.VECTORS.resolve("verdicts");

    @Test
    void showsIdSizeAndBatches() {
        Run run = Run.of("inspect", VERDICTS.resolve("ok-v2.seg"));

        assertThat(run.exit()).isEqualTo(Exit.OK);
        assertThat(run.out())
                .contains("segment 2:3:1001 by its headers")
                .contains("1,370 bytes")
                .contains("50 events in 5 batches, 1001 to 1050")
                .contains("verdict ok");
        assertThat(run.out().lines().filter(line -> line.endsWith(" ok"))).hasSize(6);
    }

    @Test
    void showsUnsignedEntitiesAndReadableTimes() {
        Run run = Run.of("inspect", VERDICTS.resolve("ok-odd-weights.seg"), "--events");

        assertThat(run.out()).contains("18446744073709551615").contains("2026-01-01T00:00:00.000000001Z");
    }

    @Test
    void saysWhereABatchCannotBeReadAndGoesOn() {
        Run run = Run.of("inspect", VERDICTS.resolve("corrupt-magic.seg"));

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.out())
                .contains("verdict corrupt: segment 2:3:1001, batch 3, byte 822: ")
                .contains(
                        "\n    3  bytes 822..1095 are no batch: magic: expected 54 49 44 4c (\"TIDL\"), found 44 49 44 4c")
                .containsPattern("\n    4 +1096 .* does not follow the batch before");
    }

    @ParameterizedTest
    @MethodSource("verdictFiles")
    void theVerdictNamesABatchAsTheTableDoes(Path file) {
        JsonNode document = Run.of("inspect", file, "--json").json();

        Matcher place = Pattern.compile("batch (\\d+), byte (\\d+)")
                .matcher(document.path("fault").asString(""));
        Map<Integer, Integer> offsets = new HashMap<>();
        Stream.of("batches", "unreadable")
                .flatMap(parts -> document.get(parts).valueStream())
                .forEach(part -> offsets.put(
                        part.get("index").asInt(), part.get("offset").asInt()));
        if (place.find() && !offsets.isEmpty()) {
            int batch = Integer.parseInt(place.group(1));
            assertThat(offsets).as(document.toString()).containsKey(batch);
            assertThat(Integer.parseInt(place.group(2))).isGreaterThanOrEqualTo(offsets.get(batch));
        }
    }

    @Test
    void jsonHoldsEveryEvent() {
        JsonNode document = Run.of("inspect", VERDICTS.resolve("ok-mixed-versions.seg"), "--events", "--json")
                .json();

        assertThat(document.get("id").asString()).isEqualTo("2:3:1001");
        assertThat(document.get("events").asInt()).isEqualTo(20);
        assertThat(document.get("batches")).hasSize(2);
        assertThat(document.get("batches").get(1).get("items")).hasSize(10);
        JsonNode last = document.get("batches").get(1).get("items").get(9);
        assertThat(last.get("seq").asLong()).isEqualTo(1020);
    }

    @ParameterizedTest
    @MethodSource("verdictFiles")
    void theVerdictIsThatOfTheFormat(Path file) {
        Run run = Run.of("inspect", file, "--events", "--json");

        // By itself a file cannot know of a wrong claim or id.
        String name = file.getFileName().toString();
        boolean corrupt = name.startsWith("corrupt") && !name.matches("corrupt-(claimed-count|seqno).seg");
        assertThat(run.json().get("verdict").asString()).isEqualTo(corrupt ? "corrupt" : "ok");
        assertThat(run.exit()).isEqualTo(corrupt ? Exit.FAILED : Exit.OK);
    }

    @ParameterizedTest
    @MethodSource("verdictFiles")
    void partsAreTheWholeFile(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);

        int end = 0;
        for (SegmentPart part : SegmentScan.of(bytes, BatchHasher.commonsCodec())) {
            assertThat(part.offset()).isEqualTo(end);
            end += part instanceof SegmentPart.Batch batch
                    ? 64 + 21 * batch.events().count()
                    : ((SegmentPart.Unreadable) part).length();
        }
        assertThat(end).isEqualTo(bytes.length);
    }

    static Stream<Path> verdictFiles() throws IOException {
        try (Stream<Path> files = Files.list(VERDICTS)) {
            return files.filter(file -> file.toString().endsWith(".seg")).toList().stream();
        }
    }
}
