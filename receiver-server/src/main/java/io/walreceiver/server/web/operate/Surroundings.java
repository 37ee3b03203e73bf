package io.walreceiver.server.web.operate;

import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.http.HttpPushTransport;
import io.walreceiver.transport.netty.security.SecuredServer;
import io.walreceiver.transport.netty.security.SecurityStatus.OwnCertificate;
import io.walreceiver.transport.netty.security.ServerSecurity;
import io.walreceiver.transport.netty.tcp.Drop;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What is counted beside the receiver. Each is asked at every scrape, on a thread that may block.
 *
 * @param drops ended connections by the source's address and then by a word for the reason
 * @param pushRefusals pushes that were refused, by a word for the problem
 * @param certificates when one's own certificates expire, by what each is for
 */
public record Surroundings(
        Supplier<Map<String, Map<String, Long>>> drops,
        Supplier<Map<String, Long>> pushRefusals,
        Supplier<Map<String, Instant>> certificates) {

    /** Nothing. */
    public static final Surroundings NONE = new Surroundings(Map::of, Map::of, Map::of);

    /**
     * What is known of transports and servers.
     *
     * @param transports those that a receiver takes segments from
     * @param servers by what each is for: {@code web}, {@code publish} ...; those that know no certificate do no harm
     */
    public static Surroundings of(List<? extends Transport> transports, Map<String, ServerSecurity> servers) {
        List<Transport> sources = List.copyOf(transports);
        Map<String, ServerSecurity> secured = Map.copyOf(servers);
        return new Surroundings(() -> drops(sources), () -> refusals(sources), () -> certificates(secured));
    }

    private static Map<String, Map<String, Long>> drops(List<Transport> sources) {
        Map<String, Map<String, Long>> all = new HashMap<>();
        for (Transport source : sources) {
            if (source instanceof TcpTransport tcp) {
                Map<String, Long> drops = new HashMap<>();
                Map<Drop, Long> counted = tcp.status().drops();
                counted.forEach((reason, count) -> drops.put(word(reason), count));
                all.put(tcp.toString(), drops);
            }
        }
        return all;
    }

    private static Map<String, Long> refusals(List<Transport> sources) {
        Map<String, Long> all = new HashMap<>();
        for (Transport source : sources) {
            if (source instanceof HttpPushTransport push) {
                push.refusals().forEach((problem, count) -> all.merge(problem, count, Long::sum));
            }
        }
        return all;
    }

    private static Map<String, Instant> certificates(Map<String, ServerSecurity> servers) {
        Map<String, Instant> all = new HashMap<>();
        servers.forEach((name, security) -> {
            if (security instanceof SecuredServer secured) {
                secured.status().certificate().map(OwnCertificate::notAfter).ifPresent(end -> all.put(name, end));
            }
        });
        return all;
    }

    private static String word(Drop reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
