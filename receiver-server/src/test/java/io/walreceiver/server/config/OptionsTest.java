package io.walreceiver.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.server.config.Section.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every option, since one table drives them all. */
class OptionsTest {

    private static final int MOST_SOURCES = 4;
    private static final Path DOCUMENT = Path.of("../docs/configuration.md");
    private static final String BEGIN = "<!-- options: made by OptionsTest -->\n";
    private static final String END = "<!-- end of options -->\n";

    private final Map<String, Option> options = Options.of(Section.all());

    @TempDir
    private Path directory = Path.of("");

    @Test
    void everyOptionHasAVariableOfItsOwn() throws IOException {
        assertThat(options.keySet().stream().map(EnvironmentLayer::variable))
                .doesNotHaveDuplicates()
                .doesNotContain(EnvironmentLayer.CONFIG);
        for (Map.Entry<String, Option> option : options.entrySet()) {
            String path = option.getKey().replace("[]", "[0]");
            Map<String, String> environment = new HashMap<>();
            environment.put(EnvironmentLayer.variable(path), "\u0000");
            if (path.startsWith("sources")) {
                environment.putIfAbsent("WAL_RECEIVER_SOURCES_0_ADDRESS", "tcp://a:1");
            }
            assertThat(mistakes(environment)).contains(EnvironmentLayer.variable(path) + ": " + path + ": found ");
        }
    }

    @Test
    void everyPresetIsOneThatCouldBeWritten() {
        options.forEach((path, option) -> option.preset()
                .ifPresent(preset -> assertThat(option.kind(directory).reader().apply(preset))
                        .as(path + ": " + preset)
                        .isPresent()));
    }

    /** Repeat with {@code -Dconfig.seed=S}. */
    @RepeatedTest(50)
    void whatIsPrintedIsReadBackAsTheSame() throws IOException {
        long seed = Long.getLong("config.seed", new Random().nextLong());
        Random random = new Random(seed);
        Map<String, String> environment = randomEnvironment(random);

        EffectiveConfig written = new ConfigLoader(environment).load();
        Path file = Files.writeString(directory.resolve("printed.yaml"), written.yaml());
        EffectiveConfig read = new ConfigLoader(Map.of()).file(file).load();

        assertThat(read.config()).as("seed " + seed + "\n" + written.yaml()).isEqualTo(written.config());
    }

    @Test
    void everyOptionIsDocumented() throws IOException {
        String document = Files.readString(DOCUMENT);
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        int end = document.indexOf(END);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(DOCUMENT, document.substring(0, begin) + table() + document.substring(end));
            return;
        }
        assertThat(document.substring(begin, end))
                .as("docs/configuration.md; -Ddocs.write=true writes it")
                .isEqualTo(table());
    }

    @Test
    void theFileThatIsPackagedCanBeUsed() throws IOException {
        ServerConfig packaged = new ConfigLoader(Map.of())
                .file(Path.of("../packaging/serve.yaml"))
                .load()
                .config();

        assertThat(packaged.data().directory()).hasToString("/var/lib/wal-receiver/data");
        assertThat(packaged.shutdown().deadline()).isLessThan(Duration.ofSeconds(40 - 8)); // TimeoutStopSec
    }

    private String table() {
        StringBuilder text =
                new StringBuilder("\n| option | what it is | what it can be | default |\n|---|---|---|---|\n");
        options.forEach((path, option) -> text.append("| `")
                .append(path)
                .append("`<br>`")
                .append(EnvironmentLayer.variable(path))
                .append("` | ")
                .append(option.setting().value())
                .append(" | ")
                .append(option.kind(directory).expected())
                .append(" | ")
                .append(preset(option))
                .append(" |\n"));
        return text.append('\n').toString();
    }

    private static String preset(Option option) {
        if (!option.setting().preset().isEmpty()) {
            return "`" + option.setting().preset() + "`";
        }
        return option.setting().otherwise().isEmpty()
                ? "none: it has to be said"
                : option.setting().otherwise();
    }

    private Map<String, String> randomEnvironment(Random random) throws IOException {
        Path file = Files.writeString(directory.resolve("it's a \"file\" # 1: \u00e9.pem"), "");
        Map<String, String> environment = new HashMap<>();
        int sources = random.nextInt(MOST_SOURCES);
        options.forEach((path, option) -> {
            if (path.startsWith("sources[]")) {
                for (int i = 0; i < sources; i++) {
                    put(environment, path.replace("[]", "[" + i + "]"), option, file, random, path.contains("address"));
                }
            } else {
                put(environment, path, option, file, random, false);
            }
        });
        environment.put("WAL_RECEIVER_DEMO_ENABLED", "false");
        environment.put("WAL_RECEIVER_PUSH_LISTEN", "http://127.0.0.1:0"); // or nothing might come
        environment.put("WAL_RECEIVER_SECURITY_IDENTITIES", file.toString());
        // Each of these pairs has to fit.
        List.of("SECURITY", "PUSH", "PUBLISH", "WEB").forEach(part -> sameTls(environment, part));
        for (int i = 0; i < sources; i++) {
            sameTls(environment, "SOURCES_" + i);
        }
        environment.remove("WAL_RECEIVER_RECEIVER_MAX_SEGMENT_BYTES");
        environment.put("WAL_RECEIVER_RECEIVER_MAX_IN_FLIGHT_BYTES", (64 + random.nextInt(1000)) + "MiB");
        environment.put("WAL_RECEIVER_RECEIVER_MIN_RESEND_DELAY", "2ms");
        return environment;
    }

    private static void sameTls(Map<String, String> environment, String part) {
        String certificate = environment.get("WAL_RECEIVER_" + part + "_TLS_CERTIFICATE");
        if (certificate == null) {
            environment.remove("WAL_RECEIVER_" + part + "_TLS_KEY");
        } else {
            environment.put("WAL_RECEIVER_" + part + "_TLS_KEY", certificate);
        }
    }

    private void put(
            Map<String, String> environment, String path, Option option, Path file, Random random, boolean always) {
        if (always || random.nextBoolean()) {
            environment.put(EnvironmentLayer.variable(path), value(option, file, random));
        }
    }

    /** Something that can be written: of a few candidates one that is read. For each option at least one of those is that are not random. */
    private String value(Option option, Path file, Random random) {
        List<String> candidates = new ArrayList<>(List.of(
                file.toString(),
                "tcp://[::1]:" + (1 + random.nextInt(60_000)),
                "http://host-1.example.org:" + (1 + random.nextInt(60_000)),
                Duration.ofMillis(1000 + random.nextInt(9000)).toString(),
                (1 + random.nextInt(60)) + "s",
                "500ms",
                "2s",
                "1d12h3ns",
                (1 + random.nextInt(1 << 20)) + "B",
                "1.5MiB",
                String.valueOf(random.nextInt(1000)),
                "2",
                "true",
                "false",
                "json",
                "strict",
                "debug",
                "commit",
                "null",
                "a: b # c 'd' \"e\" \\ \u00fc"));
        java.util.Collections.shuffle(candidates, random);
        return candidates.stream()
                .filter(text -> option.kind(directory).reader().apply(text).isPresent())
                .findFirst()
                .orElseThrow();
    }

    private static String mistakes(Map<String, String> environment) throws IOException {
        try {
            new ConfigLoader(environment).load();
            return "none";
        } catch (io.walreceiver.server.input.InvalidFileException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
