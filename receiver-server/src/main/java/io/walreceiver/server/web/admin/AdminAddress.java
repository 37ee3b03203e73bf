package io.walreceiver.server.web.admin;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Where the commands of this machine find the server that holds a data directory's lock: beside who holds it. */
public final class AdminAddress {

    private static final Logger LOG = LoggerFactory.getLogger(AdminAddress.class);

    private AdminAddress() {}

    /**
     * Puts on record where operators are answered. It is gone from there when the next process takes the lock.
     *
     * @param receiver holds the lock once it runs
     * @param data its directory
     * @param listening where its {@link AdminFeature} answers, with the port that was chosen; of a wildcard, loopback is told
     * @return when subscribed to, waits until the receiver runs, and writes; completes when that is durable, or cannot be done, which is
     *     logged, or the receiver has ended. Never fails.
     */
    public static Mono<Void> tell(SegmentReceiver receiver, Path data, Endpoint listening) {
        return receiver.statusChanges()
                .filter(status -> status.phase() == Phase.RUNNING)
                .next()
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(status -> write(data.toAbsolutePath().normalize(), reachable(listening)))
                .then()
                .onErrorComplete();
    }

    private static void write(Path data, Endpoint address) {
        try {
            Disk disk = Disk.ofOperatingSystem();
            Optional<Owner> owner = Owner.read(disk, data)
                    .filter(one -> one.pid() == ProcessHandle.current().pid());
            if (owner.isEmpty()) {
                LOG.warn("commands will not find this server: {} does not name this process", data.resolve(Owner.FILE));
                return;
            }
            owner.get().answeringAt(address.toString()).write(disk, data);
        } catch (IOException | RuntimeException e) {
            LOG.warn("commands will not find this server: {} cannot be written", data.resolve(Owner.FILE), e);
        }
    }

    private static Endpoint reachable(Endpoint listening) {
        return switch (listening.host()) {
            case "0.0.0.0" -> new Endpoint(listening.scheme(), "127.0.0.1", listening.port());
            case "::", "0:0:0:0:0:0:0:0" -> new Endpoint(listening.scheme(), "::1", listening.port());
            default -> listening;
        };
    }
}
