package io.walreceiver.server.web.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.server.demo.DemoData;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.http.HttpPushTransport;
import io.walreceiver.transport.netty.security.ServerSecurity;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The documents, the board and the alerts name what a follower tells, which pulls, is pushed to, and has lost a source. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetersDocumentTest {

    private static final Path DOCS = Path.of(System.getProperty("vectors")).resolveSibling("docs");
    private static final Duration SOON = Duration.ofMinutes(2);
    /** Whom Prometheus scraped, which it adds itself. */
    private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

    private static final Set<String> WORDS = Set.of("and", "or", "unless", "by", "without", "on", "ignoring");

    private final Map<String, Set<String>> labels = new TreeMap<>();
    private final Map<String, String> types = new TreeMap<>();

    @BeforeAll
    void scrape(@TempDir Path directory) throws Exception {
        DemoData.unpack(directory);
        Path wal = directory.resolve(DemoData.SEGMENTS);
        Files.writeString(wal.resolve("leader-epoch"), "epoch 7\n");
        TcpPublisher.Running publisher = TcpPublisher.builder(
                        DirectoryPublication.builder(wal).build())
                .port(0)
                .build()
                .start()
                .block();
        HttpPushTransport push = HttpPushTransport.create();
        HttpListener listener = HttpListener.start(push, "127.0.0.1", 0).block();
        try {
            follow(directory, tcp(publisher.address().getPort()), tcp(unusedPort()), push, listener);
        } finally {
            listener.stop(Duration.ZERO).block();
            publisher.stop(false).block();
        }
    }

    private void follow(
            Path directory, TcpTransport follows, TcpTransport lost, HttpPushTransport push, HttpListener listener)
            throws Exception {
        List<Transport> sources = List.of(follows, lost, push);
        Surroundings counted = Surroundings.of(sources, Map.of("web", ServerSecurity.NONE));
        try (Served served = new Served(
                directory,
                Transport.merge(sources),
                InMemorySignalLedger.create(Served.schema(directory)),
                OperateOptions.DEFAULTS,
                new Surroundings(
                        counted.drops(),
                        counted.pushRefusals(),
                        () -> Map.of("web", Instant.parse("2030-01-01T00:00:00Z"))),
                ServerSecurity.NONE,
                List.of(
                        new SourceStatus(follows.toString(), "connected", "connected", 0),
                        new SourceStatus(lost.toString(), "connecting", "cannot be reached", 3),
                        new SourceStatus("http://127.0.0.1:7401", "listening", "listening", 0)))) {
            served.start();
            await().atMost(SOON).until(() -> served.receiver.outcomes().applied() >= 15);
            pushRubbish(listener.address().getPort());
            System.gc(); // pauses have no meter before there was one
            await().atMost(SOON).untilAsserted(() -> {
                read(served.get("/metrics").body());
                assertThat(labels.keySet())
                        .contains(
                                "jvm_gc_pause_seconds_sum",
                                "walreceiver_source_drops_total",
                                "walreceiver_push_refusals_total",
                                "walreceiver_log_lag_seconds",
                                "walreceiver_log_epoch");
            });
        }
    }

    private static TcpTransport tcp(int port) {
        return TcpTransport.builder().host("127.0.0.1").port(port).build();
    }

    @Test
    void theTableSaysWhatIsTold() throws IOException {
        Map<String, Set<String>> described = new TreeMap<>();
        Map<String, String> describedTypes = new TreeMap<>();
        for (String line : Files.readAllLines(DOCS.resolve("meters.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 6 && cells[1].strip().startsWith("`walreceiver_")) {
                String name = cells[1].strip().replace("`", "");
                described.put(name, quoted(cells[3]));
                describedTypes.put(name, cells[2].strip());
                assertThat(cells[4].strip()).as(name).isNotEmpty();
            }
        }
        assertThat(ours(labels)).isEqualTo(described);
        assertThat(ours(types)).isEqualTo(describedTypes);
    }

    @Test
    void theTableSaysHowManySeriesALogHas() throws IOException {
        long ofLogs =
                labels.values().stream().filter(names -> names.contains("log")).count();
        assertThat(Files.readString(DOCS.resolve("meters.md"))).contains(", " + ofLogs + " series each");
        assertThat(Files.readString(DOCS.resolve("operating.md"))).contains(ofLogs + " series more for each log");
    }

    @Test
    void whatIsSaidOfTheProcessIsTold() throws IOException {
        String document = Files.readString(DOCS.resolve("meters.md"));
        String section = document.substring(document.indexOf("## Of the process"));
        for (String name : quoted(section)) {
            Pattern pattern = Pattern.compile(name.replace("*", ".*"));
            assertThat(labels.keySet())
                    .as(name)
                    .anyMatch(told -> pattern.matcher(told).matches());
        }
    }

    @Test
    void theBoardShowsWhatIsTold() throws IOException {
        JsonNode board = JsonMapper.shared()
                .readTree(DOCS.resolve("grafana/receiver.json").toFile());
        List<String> expressions = new ArrayList<>();
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode panel : board.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            if (!panel.get("type").asString().equals("row")) {
                assertThat(panel.get("description").asString()).isNotEmpty();
                assertThat(panel.get("datasource").get("uid").asString()).isEqualTo("${datasource}");
                panel.get("targets")
                        .forEach(target -> expressions.add(target.get("expr").asString()));
            }
        }
        assertThat(expressions).hasSizeGreaterThan(30).allSatisfy(this::namesWhatIsTold);
        Set<String> variables = new TreeSet<>();
        for (JsonNode variable : board.get("templating").get("list")) {
            variables.add(variable.get("name").asString());
            JsonNode definition = variable.get("definition");
            if (definition != null) {
                Matcher values =
                        Pattern.compile("label_values\\((.*), (\\w+)\\)").matcher(definition.asString());
                assertThat(values.matches()).isTrue();
                namesWhatIsTold("sum by (" + values.group(2) + ") (" + values.group(1) + ")");
            }
        }
        assertThat(variables).containsExactlyInAnyOrder("datasource", "job", "instance", "log");
        Matcher used = Pattern.compile("\\$\\{?(\\w+)").matcher(expressions.toString());
        while (used.find()) {
            assertThat(used.group(1))
                    .satisfiesAnyOf(
                            name -> assertThat(variables).contains(name),
                            name -> assertThat(name).isEqualTo("__rate_interval"));
        }
    }

    @Test
    void theAlertsRestOnWhatIsToldAndEachHasItsHeading() throws IOException {
        String operating = Files.readString(DOCS.resolve("operating.md"));
        JsonNode rules = YAMLMapper.shared()
                .readTree(DOCS.resolve("alerts/receiver.rules.yml").toFile());
        Set<String> names = new TreeSet<>();
        for (JsonNode rule : rules.get("groups").get(0).get("rules")) {
            String name = rule.get("alert").asString();
            assertThat(names.add(name)).as(name).isTrue();
            namesWhatIsTold(rule.get("expr").asString());
            assertThat(rule.get("labels").get("severity").asString()).isIn("info", "warning", "critical");
            JsonNode annotations = rule.get("annotations");
            Set<String> known = labelsOf(rule.get("expr").asString());
            for (String text : List.of("summary", "description")) {
                assertThat(annotations.get(text).asString()).isNotEmpty();
                Matcher label = Pattern.compile("\\$labels\\.(\\w+)")
                        .matcher(annotations.get(text).asString());
                while (label.find()) {
                    assertThat(known).as(name).contains(label.group(1));
                }
            }
            assertThat(annotations.get("runbook_url").asString())
                    .isEqualTo("docs/operating.md#" + name.toLowerCase(Locale.ROOT));
            assertThat(operating).contains("\n### " + name + "\n");
        }
        assertThat(names).hasSizeGreaterThan(15);
    }

    @Test
    void theStatesThatAreAskedForExist() throws IOException {
        Set<String> states =
                Arrays.stream(LogState.values()).map(LogState::toString).collect(Collectors.toSet());
        String asked = Files.readString(DOCS.resolve("alerts/receiver.rules.yml"))
                + Files.readString(DOCS.resolve("grafana/receiver.json")).replace("\\\"", "\"");
        Matcher state = Pattern.compile("state(?:=|=~|!~)\"([^\"]*)\"").matcher(asked);
        int found = 0;
        while (state.find()) {
            found++;
            for (String one : state.group(1).split("\\|")) {
                assertThat(states).contains(one.replace("\\", ""));
            }
        }
        assertThat(found).isGreaterThan(6);
    }

    // ---- expressions

    private void namesWhatIsTold(String expression) {
        String bare = withoutDurations(expression);
        Matcher selector =
                Pattern.compile("([a-z_]\\w*)\\s*(\\{[^}]*})?(\\s*\\()?").matcher(bare);
        int found = 0;
        while (selector.find()) {
            String name = selector.group(1);
            if (selector.group(3) != null || WORDS.contains(name) || name.equals("up")) {
                continue;
            }
            found++;
            assertThat(labels).as(expression).containsKey(name);
            Matcher label = Pattern.compile("(\\w+)(=~|!~|!=|=)").matcher(matchers(selector.group(2)));
            while (label.find()) {
                assertThat(with(labels.get(name))).as(expression).contains(label.group(1));
            }
        }
        assertThat(found > 0 || expression.startsWith("up")).as(expression).isTrue();
        Matcher by = Pattern.compile("\\bby \\(([^)]*)\\)").matcher(expression);
        while (by.find()) {
            for (String label : by.group(1).split(", ")) {
                assertThat(labelsOf(expression)).as(expression).contains(label);
            }
        }
    }

    /** Of what is selected, all together. */
    private Set<String> labelsOf(String expression) {
        Set<String> all = new TreeSet<>(OF_PROMETHEUS);
        labels.forEach((name, own) -> {
            if (Pattern.compile("\\b" + name + "\\b").matcher(expression).find()) {
                all.addAll(own);
            }
        });
        return all;
    }

    /** Without ranges and what is grouped by: neither is a meter. */
    private static String withoutDurations(String expression) {
        return expression
                .replaceAll("\\[[^]]*]", "")
                .replaceAll("\\bby \\([^)]*\\)", "")
                .replaceAll("\\b\\d[\\w.]*", "");
    }

    private static String matchers(String braces) {
        return braces == null ? "" : braces.replaceAll("\"[^\"]*\"", "");
    }

    private static Set<String> with(Set<String> names) {
        Set<String> all = new TreeSet<>(names);
        all.addAll(OF_PROMETHEUS);
        return all;
    }

    // ---- what is told

    private void read(String scrape) {
        labels.clear();
        types.clear();
        Pattern sample = Pattern.compile("([a-z_]\\w*)(?:\\{(.*)})? (\\S+)");
        for (String line : scrape.split("\n")) {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                types.put(words[2], words[3]);
            } else if (!line.startsWith("#")) {
                Matcher one = sample.matcher(line);
                assertThat(one.matches()).as(line).isTrue();
                Set<String> names = labels.computeIfAbsent(one.group(1), name -> new TreeSet<>());
                if (one.group(2) != null) {
                    Matcher label = Pattern.compile("(\\w+)=\"").matcher(one.group(2));
                    while (label.find()) {
                        names.add(label.group(1));
                    }
                }
                if (one.group(1).startsWith("walreceiver_")) {
                    assertThat(one.group(3)).as(line).isNotEqualTo("NaN");
                }
            }
        }
    }

    private static <T> Map<String, T> ours(Map<String, T> all) {
        Map<String, T> ours = new TreeMap<>(all);
        ours.keySet().removeIf(name -> !name.startsWith("walreceiver_"));
        return ours;
    }

    private static Set<String> quoted(String text) {
        return Stream.of(text.split("`", -1))
                .filter(word -> word.matches("[a-z_*]+"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void pushRubbish(int port) throws Exception {
        HttpRequest rubbish = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/segments/9/9/1"))
                .PUT(HttpRequest.BodyPublishers.ofString("this is no segment"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(rubbish, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
