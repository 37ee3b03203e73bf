package io.walreceiver.server.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.server.web.WebServer;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardTest {

    private static final Pattern ASSET = Pattern.compile("(?:src|href)=\"(assets/[^\"]+)\"");

    private final HttpClient client = HttpClient.newHttpClient();
    private HttpListener server;

    @BeforeEach
    void start() {
        server = Objects.requireNonNull(WebServer.start(ServerSecurity.NONE, "127.0.0.1", 0, List.of(new Dashboard()))
                .block());
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ofSeconds(1)).block();
    }

    @Test
    void thePageHoldsNoScriptOfItsOwn() throws Exception {
        HttpResponse<String> page = get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("content-security-policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                        .doesNotContain("unsafe", "http"));
        assertThat(page.body())
                .doesNotContain("style=", "onclick", "onload", "http:", "https:")
                .doesNotContainPattern("<script[^>]*>[^<]");
    }

    @Test
    void everythingThatThePageNamesIsThere() throws Exception {
        Matcher assets = ASSET.matcher(get("/").body());
        int found = 0;
        while (assets.find()) {
            HttpResponse<String> asset = get("/" + assets.group(1));
            assertThat(asset.statusCode()).as(assets.group(1)).isEqualTo(200);
            assertThat(asset.headers().firstValue("cache-control")).hasValue("private, max-age=31536000, immutable");
            assertThat(asset.headers().firstValue("x-content-type-options")).hasValue("nosniff");
            found++;
        }
        assertThat(found).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/",
                "/assets/../logback.xml",
                "/assets/%2e%2e/logback.xml",
                "/assets/app.js",
                "/index.html",
                "//etc/passwd",
                "/io/walreceiver/server/Main.class"
            })
    void nothingElseIsServed(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
