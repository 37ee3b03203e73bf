package io.walreceiver.transport.netty.security;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.stream.Stream;

/**
 * Outside loopback nothing listens without TLS and authentication, and no token is sent without TLS, unless whoever runs it says that
 * this is meant. A wildcard address is outside, and so is a name of which any address is, or that has none.
 *
 * <p>An unresolved address is resolved, which blocks; others are not.
 */
public final class ListenPolicy {

    private ListenPolicy() {}

    /**
     * Checks that a server may listen.
     *
     * @param insecure whether it may anyway
     * @throws InsecureException if not; it says the way out
     */
    public static void check(InetSocketAddress address, ServerSecurity security, boolean insecure) {
        if (insecure || isLoopback(address)) {
            return;
        }
        boolean plain = security.tls() == null;
        boolean anyone = security.identify(null, null).isPresent();
        if (plain || anyone) {
            String lacks = plain && anyone ? "TLS and authentication" : plain ? "TLS" : "authentication";
            throw new InsecureException("nothing listens on " + describe(address) + " without " + lacks
                    + ", as others can reach it; give it a certificate and a list of identities (receiver certs makes them"
                    + " for trying things out), listen on 127.0.0.1, or say insecure: true");
        }
    }

    /**
     * Checks that a client may send its token, if it has one.
     *
     * @param remote best the one of a connection, before the token is sent: what a name stands for can change
     * @param insecure whether it may anyway
     * @throws InsecureException if not; it says the way out
     */
    public static void checkToken(InetSocketAddress remote, ClientSecurity security, boolean insecure) {
        if (insecure || security.token() == null || security.tls() != null || isLoopback(remote)) {
            return;
        }
        throw new InsecureException("the token is not sent to " + describe(remote)
                + " without TLS, as others can read it; name the CA that the server's certificate comes from, or say insecure:"
                + " true");
    }

    private static boolean isLoopback(InetSocketAddress address) {
        if (!address.isUnresolved()) {
            return address.getAddress().isLoopbackAddress();
        }
        try {
            return Stream.of(InetAddress.getAllByName(address.getHostString()))
                    .allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String describe(InetSocketAddress address) {
        return PrintableText.of(address.getHostString() + ":" + address.getPort());
    }
}
