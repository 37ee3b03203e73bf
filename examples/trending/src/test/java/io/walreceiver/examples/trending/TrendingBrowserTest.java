package io.walreceiver.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * The page in a browser, fed by a leader over TCP. Skipped where there is no Chromium, unless {@code CI} is {@code true}: then it must be
 * there. Pictures are left in {@code target/screenshots}.
 */
@Tag("browser")
class TrendingBrowserTest {

    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    @TempDir
    static Path profile = Path.of("");

    private static ChromeDriver browser;

    @TempDir
    Path archive;

    @TempDir
    Path data;

    @BeforeAll
    static void start() throws IOException {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(DRIVER).as("CI is true, so a chromedriver must be there").isExecutable();
        }
        assumeThat(Files.isExecutable(DRIVER))
                .as("the page is not tried in a browser: there is no " + DRIVER)
                .isTrue();
        Files.createDirectories(PICTURES);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--user-data-dir=" + profile);
        options.setCapability("goog:loggingPrefs", logs);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder() // nothing is downloaded
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options);
        browser.manage().timeouts().scriptTimeout(Client.LONG);
    }

    @AfterAll
    static void quit() {
        if (browser != null) {
            browser.quit();
        }
    }

    @BeforeEach
    void wide() {
        browser.manage().window().setSize(new Dimension(1400, 1000));
    }

    @AfterEach
    void leave() {
        browser.get("about:blank");
        errors(); // those of a server that has gone are of no interest to the next
    }

    @Test
    void aPersonSeesWhatIsHotAndHowItChanges() throws IOException {
        try (Leader leader = Leader.start(archive)) {
            Application application = Application.start(leader.address(), data, "--trending.every=100ms");
            browser.get(application.client.address());
            awaitText("#replica", "the leader has not said how far it is");
            assertThat(text("#now")).isEqualTo("not known yet");

            leader.write(11);
            awaitText("#applied", "%,d events replayed".formatted(leader.events()));
            awaitText("#replica", "In step with the leader.");
            assertThat(names("touch")).isEqualTo(names(application.client.trend(), 0));
            assertThat(names("churn")).isEqualTo(names(application.client.trend(), 1));
            assertThat(violations()).isEmpty();

            leader.writeAll();
            awaitText("#applied", "66,210 events replayed");
            awaitText("#now", "23 July 2026 at 08:21 UTC");
            await().atMost(Client.LONG)
                    .untilAsserted(() -> assertThat(names("touch")).isEqualTo(expected("0")));
            assertThat(names("churn")).isEqualTo(expected("1"));
            assertThat(text("#signal-touch tr td.change")).isIn("▲ 1up 1", "▼ 1down 1", "new", "–the same");
            assertThat(text("#signal-touch tbody tr:first-child td.score")).isEqualTo("4.88");
            picture("light");
            dark(true);
            assertThat(violations()).isEmpty();
            picture("dark");
            dark(false);
            browser.manage().window().setSize(new Dimension(500, 1000));
            assertThat(browser.executeScript("return document.documentElement.scrollWidth <= innerWidth"))
                    .as("nothing lies beyond the edge")
                    .isEqualTo(true);
            picture("narrow");
            assertThat(errors()).isEmpty();

            leader.stop();
            awaitText("#replica", "No word from the leader for ");
            assertThat(names("touch")).isEqualTo(expected("0"));
            application.close();
            awaitText("#replica", "The connection to the server is lost");
            assertThat(names("touch")).isEqualTo(expected("0"));
            picture("lost");
        }
    }

    @Test
    void aPersonMayHoldItStill() throws IOException {
        try (Leader leader = Leader.start(archive);
                Application application = Application.start(leader.address(), data, "--trending.every=100ms")) {
            leader.write(4);
            browser.get(application.client.address());
            awaitText("#applied", "20,000 events replayed");
            browser.findElement(By.id("pause")).click();
            List<String> held = names("touch");
            leader.writeAll();
            application.client.awaitApplied(leader.events());
            browser.executeAsyncScript("new EventSource('live').onmessage = arguments[0]"); // one more has come

            assertThat(names("touch")).isEqualTo(held);
            assertThat(browser.findElement(By.id("pause")).getAttribute("aria-pressed"))
                    .isEqualTo("true");
            browser.findElement(By.id("pause")).click();
            awaitText("#applied", "66,210 events replayed");
            assertThat(names("touch")).isEqualTo(expected("0"));
        }
    }

    /** Names on the page, hottest first. */
    private static List<String> names(String signal) {
        List<?> titles = (List<?>) Objects.requireNonNull(browser.executeScript(
                "return [...document.querySelectorAll(`#signal-${arguments[0]} tbody .name`)].map((cell) => cell.title)",
                signal));
        return titles.stream().map(String::valueOf).toList();
    }

    private static List<String> names(Trend trend, int signal) {
        return trend.signals().get(signal).hottest().stream()
                .map(Trend.Hot::name)
                .toList();
    }

    /** The hottest after everything, as another program worked them out. */
    private static List<String> expected(String signalType) throws IOException {
        Map<String, String> names = new HashMap<>();
        rows("entities.csv").forEach(row -> names.put(row[0], row[1]));
        return rows("expected.csv").stream()
                .filter(row -> row[1].equals(signalType))
                .sorted(Comparator.comparing((String[] row) -> -Double.parseDouble(row[6]))
                        .thenComparing((a, b) ->
                                Long.compareUnsigned(Long.parseUnsignedLong(a[0]), Long.parseUnsignedLong(b[0]))))
                .limit(12)
                .map(row -> names.getOrDefault(row[0], row[0]))
                .toList();
    }

    private static List<String[]> rows(String file) throws IOException {
        return Files.readAllLines(Leader.VECTORS.resolve(file)).stream()
                .skip(1)
                .map(line -> line.split(","))
                .toList();
    }

    private static String text(String css) {
        return String.valueOf(
                browser.executeScript("return document.querySelector(arguments[0])?.textContent ?? ''", css));
    }

    private static void awaitText(String css, String text) {
        await().atMost(Client.LONG).untilAsserted(() -> assertThat(text(css)).contains(text));
    }

    private static void dark(boolean dark) {
        Map<String, String> feature = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
    }

    private static List<String> violations() {
        return new AxeBuilder()
                .analyze(browser).getViolations().stream()
                        .map(rule -> rule.getId() + ": " + rule.getHelp() + " " + rule.getNodes())
                        .toList();
    }

    private static List<String> errors() {
        return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .toList();
    }

    private static void picture(String name) throws IOException {
        await().atMost(Client.LONG)
                .until(() ->
                        Boolean.TRUE.equals(browser.executeScript("return document.getAnimations().length === 0")));
        Files.write(PICTURES.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }
}
