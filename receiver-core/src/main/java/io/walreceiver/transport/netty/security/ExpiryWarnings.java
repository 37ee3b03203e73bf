package io.walreceiver.transport.netty.security;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/** Warns of certificates that are not valid yet, or not for long: when they are loaded, then every day. Not thread-safe. */
final class ExpiryWarnings {

    private static final Logger LOG = LoggerFactory.getLogger(ExpiryWarnings.class);
    private static final Duration AHEAD = Duration.ofDays(30);
    private static final long PAUSE_MILLIS = Duration.ofDays(1).toMillis();

    private final TlsFiles files;
    private final Scheduler timer;
    private long nextMillis;

    ExpiryWarnings(TlsFiles files, Scheduler timer) {
        this.files = files;
        this.timer = timer;
    }

    /** Warns now, and starts the day over: these are new. */
    void loaded(TlsMaterial material) {
        nextMillis = now() + PAUSE_MILLIS;
        files.certificate().ifPresent(file -> check(file.toString(), material.chain()));
        files.trusted().ifPresent(file -> check(file.toString(), material.trusted()));
    }

    /** Warns if a day has passed. */
    void look(TlsMaterial material) {
        if (now() >= nextMillis) {
            loaded(material);
        }
    }

    private void check(String file, List<X509Certificate> certificates) {
        Instant now = Instant.ofEpochMilli(now());
        for (X509Certificate certificate : certificates) {
            Instant start = certificate.getNotBefore().toInstant();
            Instant end = certificate.getNotAfter().toInstant();
            String subject = certificate.getSubjectX500Principal().getName();
            if (now.isBefore(start)) {
                LOG.warn(
                        "{}: the certificate of {} is not valid before {}; see that the clock is right",
                        file,
                        subject,
                        start);
            } else if (now.isAfter(end)) {
                LOG.warn(
                        "{}: the certificate of {} expired at {}; replace the file, no restart is needed",
                        file,
                        subject,
                        end);
            } else if (now.plus(AHEAD).isAfter(end)) {
                LOG.warn(
                        "{}: the certificate of {} expires in {} days, at {}; replace the file, no restart is needed",
                        file,
                        subject,
                        Duration.between(now, end).toDays(),
                        end);
            }
        }
    }

    private long now() {
        return timer.now(TimeUnit.MILLISECONDS);
    }
}
