package io.walreceiver.transport.netty.http;

import io.walreceiver.format.LogId;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Mono;

/**
 * Ships all logs of a directory of segments to one follower: from where the follower stands, each log in order, several at
 * a time. No file is touched.
 *
 * <p>What the follower refuses (a gap that the directory cannot fill, another history, a corrupt segment) stops that log and no
 * other: for good, or, if the source follows what is written, until it is tried again after 1 s at first and 30 s at last, as the file may
 * not have been whole yet, or was put right. A log that has to wait takes one of the places of those that are sent at a time; the follower's room bounds the rest.
 */
public final class DirectoryShipper {

    private final DirectoryTransport source;
    private final HttpShipper shipper;

    private long segments;
    private long bytes;
    private final Map<LogId, Long> durable = new TreeMap<>();
    private final Map<LogId, Throwable> failures = new TreeMap<>();
    /** The event that was missed last, by log, with no progress since: to miss it again is hopeless. */
    private final Map<LogId, Long> missed = new HashMap<>();

    /**
     * A shipper that has not started.
     *
     * @param source completes when everything is sent, or never, to follow what is written; nobody else subscribes to it
     * @param shipper not closed by this. It waits for durable positions: {@link HttpShipper.Builder#respondAsync} must be off.
     */
    public DirectoryShipper(DirectoryTransport source, HttpShipper shipper) {
        this.source = source;
        this.shipper = shipper;
    }

    /**
     * Ships until the source completes.
     *
     * @return when subscribed to, starts; emits what was shipped when the last segment is durable or refused. Fails if the source
     *     does, or the follower's positions cannot be had. Cancelling stops; what is under way may still arrive.
     */
    public Mono<ShipReport> ship() {
        return Mono.defer(() -> shipper.positions()
                .flatMap(positions -> {
                    positions.forEach(this::learn);
                    return Mono.<Boolean>create(
                            end -> new ShippingRound(source, positions, shipper, this, end).start());
                })
                .flatMap(again -> again ? ship() : Mono.just(progress())));
    }

    /** How far it has come; any thread. */
    public synchronized ShipReport progress() {
        return new ShipReport(segments, bytes, new TreeMap<>(durable), new TreeMap<>(failures));
    }

    private synchronized void learn(LogId log, long position) {
        durable.merge(log, position, Math::max);
    }

    synchronized void shipped(LogId log, long size, long position) {
        segments++;
        bytes += size;
        missed.remove(log);
        failures.remove(log); // it was tried again
        learn(log, position);
    }

    synchronized void failed(LogId log, Throwable failure) {
        failures.putIfAbsent(log, failure);
    }

    synchronized boolean hasFailed(LogId log) {
        return failures.containsKey(log);
    }

    /** Whether asking the source for the event may help. */
    synchronized boolean misses(LogId log, long event) {
        Long before = missed.put(log, event);
        return before == null || before != event;
    }
}
