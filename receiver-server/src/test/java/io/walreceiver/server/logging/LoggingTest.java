package io.walreceiver.server.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import io.walreceiver.server.logging.LogOptions.Format;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the log looks like, and what becomes of repeats. */
class LoggingTest {

    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Logger log = context.getLogger("io.walreceiver.Somebody");

    @BeforeEach
    void logAsTheProgramDoes() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern("%level %logger{0}: %msg%n%ex");
        text.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setEncoder(text);
        appender.setOutputStream(out);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void aLineIsAnObjectWhateverIsInIt() {
        try (Logging logging = Logging.configure(context, json(org.slf4j.event.Level.INFO))) {
            log.info("log {}: \"{}\"\n\u0007", "1:3", "ü\u2028");
            log.debug("not this");
            logging.tellRepeats();
        }
        JsonNode line = lines().get(0);
        assertThat(lines()).hasSize(1);
        assertThat(line.propertyNames()).containsExactly("timestamp", "level", "logger", "thread", "message");
        assertThat(Instant.parse(line.get("timestamp").asString()))
                .isBefore(Instant.now().plusSeconds(1));
        assertThat(line.get("timestamp").asString()).hasSize("2026-11-23T02:13:29.000Z".length());
        assertThat(line.get("level").asString()).isEqualTo("INFO");
        assertThat(line.get("logger").asString()).isEqualTo("io.walreceiver.Somebody");
        assertThat(line.get("thread").asString())
                .isEqualTo(Thread.currentThread().getName());
        assertThat(line.get("message").asString()).isEqualTo("log 1:3: \"ü\u2028\"\n\u0007");
    }

    @Test
    void anErrorHasItsTypeMessageAndStackInOneLine() {
        try (Logging logging = Logging.configure(context, json(org.slf4j.event.Level.WARN))) {
            log.error("it failed", new IllegalStateException("why", new RuntimeException("deeper")));
            log.warn("no message", new NullPointerException());
            StackTraceElement[] deep = new StackTraceElement[5000];
            Arrays.fill(deep, new StackTraceElement("a.b.C", "recurses", "C.java", 1));
            Error overflow = new StackOverflowError();
            overflow.setStackTrace(deep);
            log.error("deep", overflow);
            logging.tellRepeats();
        }
        JsonNode error = lines().get(0).get("error");
        assertThat(error.get("type").asString()).isEqualTo("java.lang.IllegalStateException");
        assertThat(error.get("message").asString()).isEqualTo("why");
        assertThat(error.get("stack").asString())
                .contains("LoggingTest", "Caused by: java.lang.RuntimeException: deeper");
        assertThat(lines().get(1).get("error").get("message").isNull()).isTrue();
        assertThat(lines().get(2).get("error").get("stack").asString()).hasSizeLessThan(17_000);
    }

    @Test
    void theLevelAndTheTextAreSetBackInTheEnd() throws Exception {
        Logging.configure(context, json(org.slf4j.event.Level.DEBUG)).close();
        for (int n = 0; n < 20; n++) {
            log.warn("as before");
        }
        log.info("not this");
        assertThat(text()).isEqualTo("WARN Somebody: as before\n".repeat(20));
    }

    @Test
    void repeatsAreToldByTheirNumber() {
        try (Logging logging = Logging.configure(context, new LogOptions(Format.TEXT, org.slf4j.event.Level.WARN, 3))) {
            for (int n = 1; n <= 100; n++) {
                log.warn("peer {} is refused", n);
                log.error("peer {} is refused", n);
            }
            log.warn("something else");
            context.getLogger("io.walreceiver.Other").warn("peer {} is refused", 7);
            assertThat(text().lines())
                    .containsExactly(
                            "WARN Somebody: peer 1 is refused",
                            "ERROR Somebody: peer 1 is refused",
                            "WARN Somebody: peer 2 is refused",
                            "ERROR Somebody: peer 2 is refused",
                            "WARN Somebody: peer 3 is refused",
                            "ERROR Somebody: peer 3 is refused",
                            "WARN Somebody: something else",
                            "WARN Other: peer 7 is refused");
            out.reset();
            logging.tellRepeats();
            assertThat(text().lines())
                    .containsExactlyInAnyOrder(
                            "WARN Somebody: repeated 97 more times in the last 60 s: peer {} is refused",
                            "ERROR Somebody: repeated 97 more times in the last 60 s: peer {} is refused");
            out.reset();
            logging.tellRepeats();
            assertThat(text()).isEmpty();
            log.warn("peer {} is refused", 101);
            assertThat(text()).isEqualTo("WARN Somebody: peer 101 is refused\n");
        }
    }

    @Test
    void whatHasNotBeenToldYetIsToldAtTheEnd() {
        try (Logging logging = Logging.configure(context, new LogOptions(Format.TEXT, org.slf4j.event.Level.WARN, 1))) {
            log.warn("again");
            log.warn("again");
            log.warn("again");
            assertThat(logging).isNotNull();
        }
        assertThat(text()).endsWith("WARN Somebody: repeated 2 more times in the last 60 s: again\n");
    }

    @Test
    void linesOfTheFluentKindCountAsWell() {
        try (Logging logging = Logging.configure(context, new LogOptions(Format.TEXT, org.slf4j.event.Level.WARN, 1))) {
            log.atWarn().log("dropped {}", 1);
            log.atWarn().log("dropped {}", 2);
            logging.tellRepeats();
        }
        assertThat(text().lines())
                .containsExactly(
                        "WARN Somebody: dropped 1",
                        "WARN Somebody: repeated 1 more times in the last 60 s: dropped {}");
    }

    @Test
    void kindsAreCountedUpToABoundAndFurtherOnesPass() {
        try (Logging logging = Logging.configure(context, new LogOptions(Format.TEXT, org.slf4j.event.Level.WARN, 1))) {
            for (int n = 0; n < Repeats.MAX_KINDS + 10; n++) {
                log.warn("built by hand: " + n);
            }
            log.warn("built by hand: " + 0);
            log.warn("built by hand: " + (Repeats.MAX_KINDS + 5));
            logging.tellRepeats();
        }
        assertThat(text().lines()).hasSize(Repeats.MAX_KINDS + 10 + 1 + 1);
        assertThat(text()).endsWith("repeated 1 more times in the last 60 s: built by hand: 0\n");
    }

    @Test
    void theProgramsOwnLogIsSetUpAndSetBack() throws Exception {
        Logging.configure(LogOptions.DEFAULTS).close();
        assertThatThrownBy(() -> new LogOptions(Format.TEXT, org.slf4j.event.Level.WARN, 0))
                .hasMessageContaining("maxRepeats=0");
    }

    private static LogOptions json(org.slf4j.event.Level level) {
        return new LogOptions(Format.JSON, level, 10);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private List<JsonNode> lines() {
        return text().lines().map(JsonMapper.shared()::readTree).toList();
    }
}
