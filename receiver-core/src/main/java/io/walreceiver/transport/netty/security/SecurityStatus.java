package io.walreceiver.transport.netty.security;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How security stands; nothing in it is secret.
 *
 * @param certificate one's own, which new connections show; empty without one
 * @param problems why files as they are now are not in use, but what was read before; none if all is well
 */
public record SecurityStatus(Optional<OwnCertificate> certificate, List<String> problems) {

    public SecurityStatus {
        problems = List.copyOf(problems);
    }

    /**
     * A certificate.
     *
     * @param subject its distinguished name
     * @param names its subject alternative names
     * @param notAfter when it expires
     */
    public record OwnCertificate(String subject, List<String> names, Instant notAfter) {

        public OwnCertificate {
            names = List.copyOf(names);
        }

        static Optional<OwnCertificate> of(TlsMaterial material) {
            return material.chain().stream().findFirst().map(OwnCertificate::of);
        }

        private static OwnCertificate of(X509Certificate certificate) {
            return new OwnCertificate(
                    certificate.getSubjectX500Principal().getName(),
                    SubjectNames.all(certificate),
                    certificate.getNotAfter().toInstant());
        }
    }
}
