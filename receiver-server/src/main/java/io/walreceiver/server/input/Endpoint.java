package io.walreceiver.server.input;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/**
 * Where somebody listens, as people write it: {@code tcp://HOST:PORT}, {@code http://HOST:PORT}.
 *
 * @param scheme how it is spoken to
 * @param host name or address, without brackets
 * @param port 0..65,535
 */
public record Endpoint(String scheme, String host, int port) {

    private static final int MAX_PORT = 65_535;

    /**
     * Reads an endpoint.
     *
     * @param schemes what it may begin with
     * @param lowestPort 0 where any free port may be asked for, else 1
     * @throws IllegalArgumentException if {@code text} is none: the message says what was expected
     */
    public static Endpoint parse(String text, Set<String> schemes, int lowestPort) {
        try {
            URI uri = new URI(text);
            String host = uri.getHost();
            boolean bare = (uri.getRawPath() == null
                            || uri.getRawPath().isEmpty()
                            || uri.getRawPath().equals("/"))
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawUserInfo() == null;
            if (bare
                    && host != null
                    && uri.getScheme() != null
                    && schemes.contains(uri.getScheme())
                    && uri.getPort() >= lowestPort
                    && uri.getPort() <= MAX_PORT) {
                return new Endpoint(uri.getScheme(), host.replaceAll("^\\[|]$", ""), uri.getPort());
            }
        } catch (URISyntaxException e) {
            // falls through to what is expected
        }
        throw new IllegalArgumentException("found \"" + text + "\", expected "
                + String.join(
                        " or ",
                        schemes.stream()
                                .sorted()
                                .map(scheme -> scheme + "://HOST:PORT")
                                .toList())
                + " with a port from " + lowestPort + " to " + MAX_PORT);
    }

    /** For a socket; resolves the host, which blocks. */
    public InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    /** The same place with the port that was chosen. */
    public Endpoint at(int chosen) {
        return new Endpoint(scheme, host, chosen);
    }

    /** For a client. */
    public URI uri() {
        return URI.create(toString());
    }

    @Override
    public String toString() {
        return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
