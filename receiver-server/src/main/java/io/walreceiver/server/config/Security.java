package io.walreceiver.server.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What holds for every listener and source that has nothing of its own.
 *
 * @param identities who may connect and what he may do
 * @param tls files of TLS
 * @param token the file with the token to show to sources
 * @param insecure whether security outside of loopback may be done without
 */
public record Security(
        @Setting(
                value =
                        "Who may connect and what he may do, where a listener names no file of its own; see security.md.",
                otherwise = "anyone, on loopback")
        Optional<Path> identities,

        @Setting("TLS, for each source, and for each listener that has identities.")
        Tls tls,

        @Setting(
                value = "A file that holds the token to show, where a source names none of its own.",
                secret = true,
                otherwise = "none")
        Optional<Path> token,

        @Setting(value = "As insecure of each listener and source.", preset = "false")
        boolean insecure) {

    /** How a listener knows its peers; with nobody on a list, the certificate meant for sources is not for it. */
    public ListenerSecurity of(Listener listener) {
        Optional<Path> list = listener.identities().or(this::identities);
        Tls files = list.isPresent() ? listener.tls().or(tls) : listener.tls();
        return new ListenerSecurity(list, files, listener.insecure() || insecure);
    }

    /** How a source is connected to. */
    public SourceSecurity of(Source source) {
        return new SourceSecurity(source.tls().or(tls), source.token().or(this::token), source.insecure() || insecure);
    }

    /**
     * What holds for a listener.
     *
     * @param identities who may connect; empty for anyone
     * @param tls its files; without a certificate it speaks plainly
     * @param insecure whether it may do so outside of loopback
     */
    public record ListenerSecurity(Optional<Path> identities, Tls tls, boolean insecure) {}

    /**
     * What holds for a source.
     *
     * @param tls files; none for a plain connection
     * @param token to show
     * @param insecure whether that may be sent in the clear
     */
    public record SourceSecurity(Tls tls, Optional<Path> token, boolean insecure) {}
}
