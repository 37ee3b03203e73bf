package io.walreceiver.server.web.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.selenium.AxeBuilder;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.live.Watched;
import io.walreceiver.transport.netty.security.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import reactor.core.publisher.Mono;

/**
 * The dashboard in a browser, as a person uses it. Skipped where there is no Chromium, unless {@code CI} is {@code true}: then it must be
 * there. Pictures are left in {@code target/screenshots}.
 */
@Tag("browser")
class DashboardBrowserTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Identity OPERATOR = new Identity("operator", log -> false, log -> false, true);

    @TempDir
    static Path profile = Path.of("");

    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws IOException {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(DRIVER).as("CI is true, so a chromedriver must be there").isExecutable();
        }
        assumeThat(Files.isExecutable(DRIVER))
                .as("the dashboard is not tried in a browser: there is no " + DRIVER)
                .isTrue();
        Files.createDirectories(PICTURES);
        System.setProperty("webdriver.chrome.driver", DRIVER.toString()); // nothing is downloaded
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
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options);
        browser.manage().timeouts().scriptTimeout(LONG);
    }

    @AfterAll
    static void quit() {
        if (browser != null) {
            browser.quit();
        }
    }

    @BeforeEach
    void wide() {
        browser.manage().window().setSize(new Dimension(1440, 1100));
    }

    @AfterEach
    void leave() {
        browser.get("about:blank");
        errors(); // those of a server that has gone are of no interest to the next
    }

    @Test
    void aPersonFindsOutWhyALogStandsStill() throws IOException {
        try (Watched watched = fleet(12)) {
            LogId gap = new LogId(1, 3);
            watched.leader.lose(gap, 120);
            watched.leader.send(gap, 40);
            watched.leader.beat(gap, 460);
            watched.leader.trouble(
                    new LogId(2, 1), LogState.PRUNED, "log 2:1: expected event 301, the first that is left is 900");
            open(watched);
            awaitText("#summary", "2 of 12 logs do not move on: 1:3 (gap), 2:1 (pruned)");

            assertThat(firstRows(2)).containsExactly("2:1", "1:3"); // what somebody has to act on comes first
            click(".chip.k-trouble");
            assertThat(rows()).hasSize(2);
            row("1:3").click();

            awaitText(
                    "#detail .why",
                    "It waits for events that are missing after event 300: events 301..420 are missing");
            awaitText("#detail .next", "bootstrap");
            assertThat(text("#detail .facts")).contains("1 segment");
            picture("gap-light");
            click("#theme");
            click("#theme");
            assertThat(attribute("html", "data-theme")).isEqualTo("dark");
            assertThat(violations()).isEmpty();
            picture("gap-dark");
            click("#detail .head button");
            click(".chip.k-all");
            type("#filter", "1:1");
            assertThat(firstRows(1)).containsExactly("1:1");
            browser.findElement(By.id("filter")).sendKeys(Keys.ESCAPE);
            await().untilAsserted(() -> assertThat(rows()).hasSize(12));
            click("th.c-behind button");
            assertThat(attribute("th.c-behind", "aria-sort")).isEqualTo("ascending");
            assertThat(firstRows(1)).containsExactly("1:3");
            click("#theme");
            assertThat(errors()).isEmpty();
        }
    }

    @Test
    void everythingIsReachedByTheKeyboard() throws IOException {
        try (Watched watched = fleet(6)) {
            open(watched);
            await().atMost(LONG).until(() -> rows().size() == 6);
            new Actions(browser).sendKeys("/").perform();
            assertThat(browser.switchTo().activeElement().getAttribute("id")).isEqualTo("filter");
            new Actions(browser).sendKeys("running").perform();
            for (int i = 0; i < 40 && !focused().equals("tr"); i++) {
                new Actions(browser).sendKeys(Keys.TAB).perform();
            }
            new Actions(browser).sendKeys(Keys.ARROW_DOWN).perform();
            awaitText("#detail h2", "Log 1:1");
            new Actions(browser).sendKeys(Keys.END).perform();
            awaitText("#detail h2", "Log 2:2");
            assertThat(attribute("tr[data-log='2:2']", "aria-selected")).isEqualTo("true");
            assertThat(browser.executeScript("return getComputedStyle(document.activeElement).outlineStyle"))
                    .isEqualTo("solid");
            new Actions(browser).sendKeys(Keys.ESCAPE).perform();
            awaitText("#detail", "Select a log");
            assertThat(errors()).isEmpty();
        }
    }

    @Test
    void whatPeersWroteIsTextAndNothingElse() throws IOException {
        WebFeature quarantine = routes -> routes.get(
                "/v1/logs/{region}/{shard}/quarantine",
                call -> Mono.just(Answer.json(Map.of(
                        "kept",
                        List.of(Map.of(
                                "name", "a",
                                "segment", "1:0:301",
                                "cause", "refused " + Watched.EVIL,
                                "count", 3,
                                "firstSeen", "2026-01-01T00:00:00Z",
                                "lastSeen", "2026-01-01T00:00:00Z",
                                "bytes", 1234))))));
        try (Watched watched = fleet(3, quarantine)) {
            watched.leader.trouble(new LogId(1, 1), LogState.DIVERGED, "log 1:1: it says " + Watched.EVIL);
            watched.sources.add(new SourceStatus("tcp://" + Watched.EVIL, "refused", "refused: " + Watched.EVIL, 1));
            open(watched);
            await().atMost(LONG).until(() -> rows().size() == 3);
            awaitText("#top", Watched.EVIL);
            awaitText("#node", Watched.EVIL);
            awaitText("#sources", Watched.EVIL);
            row("1:1").click();
            awaitText("#detail .why", Watched.EVIL);
            keptAside("1:0");
            awaitText("#detail .records", "refused " + Watched.EVIL);

            assertThat(browser.findElements(By.cssSelector("img[src='x']"))).isEmpty();
            assertThat(browser.executeScript("return window.hacked === undefined"))
                    .isEqualTo(true);
            assertThat(errors()).isEmpty();
        }
    }

    /** The receiver of the test keeps nothing aside: the page is told that it does. */
    private void keptAside(String log) {
        row(log).click();
        browser.executeAsyncScript(
                "const done = arguments[0]; import(document.querySelector('script').src.replace('app.js', 'detail.js'))"
                        + ".then((module) => { const detail = new module.Detail(() => {});"
                        + " detail.open({ log: '1:0', region: 1, shard: 0, state: 'running', why: 'x', next: '', held: 0, keptAside: 1,"
                        + " skipCount: 0, skips: [], head: 1, received: 1, written: 1, durable: 1, applied: 1, acknowledged: 1,"
                        + " heartbeatAt: null, epoch: null, lagEvents: 0, lagMillis: 0, inFlightBytes: 0, heldBytes: 0 }, 0); done(); });");
    }

    @Test
    void aTokenIsAskedForAndStaysOutOfTheAddress() throws IOException {
        try (Watched watched = Watched.by(Map.of("right", OPERATOR), new Dashboard())) {
            watched.leader.send(Watched.FIRST, 10);
            open(watched);
            await().atMost(LONG).until(() -> browser.findElement(By.id("ask")).isDisplayed());
            type("#ask-token", "wrong");
            click("#ask button");
            awaitText("#ask-why", "does not know that token");
            type("#ask-token", "right");
            picture("token");
            click("#ask button");

            await().atMost(LONG).until(() -> rows().size() == 1);
            assertThat(browser.getCurrentUrl()).doesNotContain("right");
            assertThat(browser.executeScript("return localStorage.length + document.cookie.length"))
                    .isEqualTo(
                            browser.executeScript("return localStorage.getItem('walreceiver.theme') === null ? 0 : 1"));
        }
    }

    @Test
    void numbersOfAServerThatHasGoneAreNotTakenForNew() throws IOException {
        try (Watched watched = fleet(3)) {
            open(watched);
            await().atMost(LONG).until(() -> rows().size() == 3);
            watched.stop();

            awaitText("#connection", "Connection lost, numbers are from ");
            assertThat(attribute("body", "class")).contains("stale");
            picture("lost");
        }
    }

    @Test
    void fiveHundredLogsCostThePageLittle() throws IOException {
        try (Watched watched = fleet(500)) {
            watched.leader.trouble(new LogId(1, 77), LogState.DISK_FULL, "log 1:77: no room is left on the disk");
            watched.leader.beatLongAgo(new LogId(1, 5), 300, 95);
            open(watched);
            await().atMost(LONG).until(() -> rows().size() == 500);
            browser.executeScript("window.long = []; new PerformanceObserver((list) => window.long.push("
                    + "...list.getEntries().map((entry) => entry.duration))).observe({ entryTypes: ['longtask'] });"
                    + " performance.clearMeasures();");
            for (int round = 0; round < 8; round++) {
                long draws = draws();
                for (int i = 0; i < 500; i++) {
                    watched.leader.send(log(i), 3);
                }
                watched.leader.beat();
                await().atMost(LONG).until(() -> draws() > draws);
            }
            List<?> durations = (List<?>) browser.executeScript(
                    "return performance.getEntriesByName('walreceiver.draw').map((entry) => entry.duration)");
            double[] millis = durations.stream()
                    .mapToDouble(entry -> ((Number) entry).doubleValue())
                    .sorted()
                    .toArray();
            System.out.printf(
                    "500 logs, all moving: %d updates, script per update: median %.1f ms, longest %.1f ms; long tasks: %s%n",
                    millis.length,
                    millis[millis.length / 2],
                    millis[millis.length - 1],
                    browser.executeScript("return window.long.map((x) => Math.round(x)).join(', ')"));
            picture("500-logs");
            assertThat(millis[millis.length / 2])
                    .as("a frame in ten at the most")
                    .isLessThan(160);
            browser.manage().window().setSize(new Dimension(500, 1000));
            picture("500-logs-narrow");
            assertThat((Boolean) browser.executeScript("return document.documentElement.scrollWidth <= innerWidth"))
                    .as("nothing lies beyond the edge")
                    .isTrue();
            assertThat(errors()).isEmpty();
        }
    }

    @Test
    void thePageHasNoBarriers() throws IOException {
        try (Watched watched = fleet(8)) {
            watched.leader.sendCorrupt(new LogId(1, 2), 9);
            watched.sources.add(
                    new SourceStatus("tcp://10.0.0.7:7402", "connected", "connected to node leader-1, 8 logs", 0));
            watched.sources.add(new SourceStatus(
                    "tcp://10.0.0.8:7402", "connecting", "connection refused; tried again in 4 s", 17));
            open(watched);
            await().atMost(LONG).until(() -> rows().size() == 8);
            awaitText("#refused", "checksum");
            awaitText("#top", "One.java");
            row("1:2").click();
            awaitText("#detail h2", "Log 1:2");
            assertThat(violations()).isEmpty();
            for (int round = 0; round < 4; round++) {
                long draws = draws();
                watched.leader.send(new LogId(1, 0), 500 + 300 * (round % 2));
                watched.leader.beat();
                await().atMost(LONG).until(() -> draws() > draws);
            }
            browser.executeScript("window.scrollTo(0, 0)");
            picture("light");
            browser.executeScript("window.scrollTo(0, document.body.scrollHeight)");
            picture("light-below");
            click("#theme");
            click("#theme");
            picture("dark-below");
            click("#theme");
            assertThat(errors()).isEmpty();
        }
    }

    private static Watched fleet(int logs, WebFeature... more) {
        WebFeature[] all = Arrays.copyOf(more, more.length + 1);
        all[more.length] = new Dashboard();
        Watched watched = Watched.byAnyone(all);
        for (int i = 0; i < logs; i++) {
            watched.leader.send(logs == 500 ? log(i) : new LogId(1 + i * 2 / logs, i % ((logs + 1) / 2)), 300);
        }
        watched.leader.beat();
        return watched;
    }

    private static LogId log(int i) {
        return new LogId(1, i);
    }

    private static void open(Watched watched) {
        browser.get(watched.address() + "/");
    }

    private static long draws() {
        return (Long) browser.executeScript("return performance.getEntriesByName('walreceiver.draw').length");
    }

    private static List<WebElement> rows() {
        return browser.findElements(By.cssSelector("#rows tr"));
    }

    private static WebElement row(String log) {
        return browser.findElement(By.cssSelector("tr[data-log='" + log + "']"));
    }

    private static List<String> firstRows(int n) {
        List<?> ids = (List<?>) browser.executeScript(
                "return [...document.querySelectorAll('#rows tr')].slice(0, " + n + ").map((row) => row.dataset.log)");
        return ids.stream().map(String::valueOf).toList();
    }

    private static void click(String css) {
        browser.findElement(By.cssSelector(css)).click();
    }

    private static void type(String css, String text) {
        browser.findElement(By.cssSelector(css)).sendKeys(text);
    }

    private static String text(String css) {
        return String.valueOf(
                browser.executeScript("return document.querySelector(arguments[0])?.textContent ?? ''", css));
    }

    private static void awaitText(String css, String text) {
        await().atMost(LONG).untilAsserted(() -> assertThat(text(css)).contains(text));
    }

    private static String attribute(String css, String name) {
        return String.valueOf(browser.findElement(By.cssSelector(css)).getAttribute(name));
    }

    private static String focused() {
        return browser.switchTo().activeElement().getTagName();
    }

    private static List<String> violations() {
        Results results = new AxeBuilder().analyze(browser);
        return results.getViolations().stream()
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
        await().atMost(LONG)
                .until(() ->
                        Boolean.TRUE.equals(browser.executeScript("return document.getAnimations().length === 0")));
        Files.write(PICTURES.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }
}
