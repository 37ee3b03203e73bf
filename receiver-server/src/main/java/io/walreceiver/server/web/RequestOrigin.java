package io.walreceiver.server.web;

import io.netty.util.NetUtil;
import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a request that a browser sends is meant: pages of other sites can make a browser send one, and by DNS rebinding even read the
 * answer. Immutable; safe for use by any thread.
 *
 * <p>A name that another site owns can be made to lead here, but then the browser says that name in {@code Host}. So what is asked for
 * by an address, as {@code localhost}, or by a name that was given to this server, was meant for it.
 */
public final class RequestOrigin {

    private static final Set<String> OWN_PAGES = Set.of("same-origin", "none");

    private final Set<String> names;

    /**
     * For a server.
     *
     * @param listen name or address that it was told to listen on
     * @param names further ones that lead to it, without ports
     */
    public RequestOrigin(String listen, Collection<String> names) {
        Set<String> all = new TreeSet<>();
        all.add(name(listen));
        names.forEach(name -> all.add(name(name)));
        this.names = Set.copyOf(all);
    }

    /**
     * Whether it was meant for this server.
     *
     * @throws ProblemException with status 421 if it was sent to another name
     */
    public void requireOwnHost(Call call) {
        String host = call.header("Host").orElse("");
        if (!isOwn(name(hostOf(host)))) {
            throw ProblemException.of(
                    421,
                    "wrong-host",
                    "This server is not called that",
                    "expected Host to be an address, localhost or a name that the server was given, found "
                            + (host.isBlank() ? "none" : "another")
                            + "; ask by address, or add the name to the names of the server's configuration");
        }
    }

    /**
     * Whether a request that changes something may have been meant by whoever sits before the browser: not if a page of another site has
     * sent it. Looks at {@code Host}, too.
     *
     * @throws ProblemException with status 421 or 403 if not
     */
    public void requireOwnPage(Call call) {
        requireOwnHost(call);
        String host = call.header("Host").orElse("");
        Optional<String> origin = call.header("Origin");
        Optional<String> site = call.header("Sec-Fetch-Site");
        if (origin.filter(page -> !authority(page).equalsIgnoreCase(host.strip()))
                        .isPresent()
                || site.filter(where -> !OWN_PAGES.contains(where)).isPresent()) {
            throw ProblemException.of(
                    403,
                    "cross-site",
                    "A page of another site has sent this",
                    "expected Origin, if there is one, to be this server, and Sec-Fetch-Site same-origin or none;"
                            + " do it on this server's own page, or with a program that is no browser");
        }
    }

    /**
     * Whether the content is declared as JSON: a form of another site cannot do that.
     *
     * @throws ProblemException with status 415 if not
     */
    public void requireJson(Call call) {
        String type = call.header("Content-Type").orElse("");
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw ProblemException.of(
                    415, "not-json", "The content is not JSON", "send Content-Type: application/json");
        }
    }

    private boolean isOwn(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || NetUtil.isValidIpV4Address(host)
                || NetUtil.isValidIpV6Address(host)
                || (!host.isEmpty() && names.contains(host));
    }

    private static String hostOf(String authority) {
        String host = authority.strip();
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end < 0 ? "" : host.substring(1, end);
        }
        int port = host.lastIndexOf(':');
        return port < 0 ? host : host.substring(0, port);
    }

    private static String name(String host) {
        String name = host.strip().toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** Empty for {@code null}, which is what a browser says that does not want to tell. */
    private static String authority(String origin) {
        try {
            String authority = URI.create(origin.strip()).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
