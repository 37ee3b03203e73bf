package io.walreceiver.transport.netty.security;

import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import reactor.core.scheduler.Scheduler;

/** Contexts of TLS that follow their files, and the warnings that go with certificates. */
final class ReloadingTls<C> {

    private final Reloading<Tls<C>> tls;
    private final ExpiryWarnings expiry;

    private ReloadingTls(Reloading<Tls<C>> tls, ExpiryWarnings expiry) {
        this.tls = tls;
        this.expiry = expiry;
    }

    static <C> ReloadingTls<C> load(TlsFiles files, Contexts<C> contexts, Scheduler timer)
            throws SecurityFileException {
        Reloading<Tls<C>> tls = Reloading.load(snapshot -> read(snapshot, files, contexts), timer);
        ExpiryWarnings expiry = new ExpiryWarnings(files, timer);
        expiry.loaded(tls.current().material());
        return new ReloadingTls<>(tls, expiry);
    }

    C context() {
        return tls.current().context();
    }

    Optional<SecurityStatus.OwnCertificate> certificate() {
        return SecurityStatus.OwnCertificate.of(tls.current().material());
    }

    Optional<String> problem() {
        return tls.problem();
    }

    /** Blocks. */
    void look() {
        if (tls.look()) {
            expiry.loaded(tls.current().material());
        } else {
            expiry.look(tls.current().material());
        }
    }

    private static <C> Loaded<Tls<C>> read(FileSnapshot snapshot, TlsFiles files, Contexts<C> contexts)
            throws SecurityFileException {
        Loaded<TlsMaterial> material = TlsMaterial.read(snapshot, files);
        try {
            return new Loaded<>(new Tls<>(material.value(), contexts.of(material.value())), material.warnings());
        } catch (SSLException | RuntimeException e) {
            throw new SecurityFileException(
                    files.certificate().or(files::trusted).orElseThrow(() -> new IllegalStateException(e)),
                    List.of("TLS cannot use it: " + e.getMessage()),
                    "have the certificate issued again",
                    e);
        }
    }

    private record Tls<C>(TlsMaterial material, C context) {}

    /** Makes contexts. */
    @FunctionalInterface
    interface Contexts<C> {
        C of(TlsMaterial material) throws SSLException;
    }
}
