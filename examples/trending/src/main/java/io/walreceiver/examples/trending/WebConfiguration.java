package io.walreceiver.examples.trending;

import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.io.IOException;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;

/** The page, and how it is served. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {

    private static final String ONLY_WHAT_IS_OURS =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final int SEND_BUFFER_BYTES = 64 << 10;
    private static final WriteBufferWaterMark WRITABLE = new WriteBufferWaterMark(8 << 10, 32 << 10);
    private static final int WRITE_TIMEOUT_SECONDS = 30;

    /** Four small files, in memory from the start: an event loop is not to read files. */
    @Bean
    static RouterFunction<ServerResponse> page() throws IOException {
        return RouterFunctions.route()
                .GET("/", file("index.html", "text/html;charset=UTF-8"))
                .GET("/style.css", file("style.css", "text/css;charset=UTF-8"))
                .GET("/trending.js", file("trending.js", "text/javascript;charset=UTF-8"))
                .GET("/icon.svg", file("icon.svg", "image/svg+xml"))
                .build();
    }

    @Bean
    static WebFilter securityHeaders() {
        return (exchange, chain) -> {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            headers.set("Content-Security-Policy", ONLY_WHAT_IS_OURS);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            return chain.filter(exchange);
        };
    }

    /**
     * For browsers that read slowly: little is on its way to one, as it is old when it is read, and one that takes nothing of it for long
     * loses its connection.
     */
    @Bean
    static NettyServerCustomizer slowReaders() {
        return server -> server.childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITABLE)
                .doOnConnection(
                        connection -> connection.addHandlerLast(new WriteTimeoutHandler(WRITE_TIMEOUT_SECONDS)));
    }

    private static HandlerFunction<ServerResponse> file(String name, String type) throws IOException {
        byte[] bytes = new ClassPathResource("page/" + name).getContentAsByteArray();
        return request -> ServerResponse.ok()
                .contentType(MediaType.parseMediaType(type))
                .cacheControl(CacheControl.noCache())
                .bodyValue(bytes);
    }
}
