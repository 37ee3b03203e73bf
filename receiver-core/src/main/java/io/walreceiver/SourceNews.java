package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.route.LogInbox;
import io.walreceiver.route.LogInboxes;
import io.walreceiver.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;

/**
 * What the source says of logs that it does not send. A log of which nothing has come yet is among those seen from then on, so that
 * the status can tell why.
 */
final class SourceNews {

    private static final Logger LOG = LoggerFactory.getLogger(SourceNews.class);

    private final Transport transport;
    private final LogInboxes inboxes;

    SourceNews(Transport transport, LogInboxes inboxes) {
        this.transport = transport;
        this.inboxes = inboxes;
    }

    /** Listens until disposed of. A transport that fails here loses its news, and stops nothing. */
    Disposable listen() {
        try {
            return transport.changes().subscribe(this::changed, this::lost);
        } catch (Throwable failure) {
            Exceptions.throwIfJvmFatal(failure);
            lost(failure);
            return Disposables.disposed();
        }
    }

    private void changed(LogId log) {
        if (inboxes.seen(log).isPresent() || transport.trouble(log).isPresent()) {
            inboxes.see(log).map(LogInbox::progress).ifPresent(progress -> progress.changed());
        }
    }

    private void lost(Throwable failure) {
        LOG.warn("the transport tells no more why logs are not sent, until the next start", failure);
    }
}
