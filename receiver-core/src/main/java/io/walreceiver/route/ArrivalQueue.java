package io.walreceiver.route;

import java.util.AbstractQueue;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * What a log's inbox holds: arrivals go in one by one, and come out in groups of those that wait, so that small segments are examined
 * together when there are many. Nobody waits for a group to become larger.
 *
 * <p>Without a bound. For one thread that puts in and one that takes out.
 */
final class ArrivalQueue extends AbstractQueue<List<Arrival>> {

    /** So few that other logs do not wait long for their turn. */
    static final int MAX_GROUP = 64;

    /** A segment of this size has batches enough of its own, and is in a group by itself: so large ones are examined side by side. */
    static final int MAX_GROUP_BYTES = 256 << 10;

    private static final int QUEUE_CHUNK = 16;

    private final Queue<Arrival> waiting =
            Queues.<Arrival>unbounded(QUEUE_CHUNK).get();

    @Override
    public boolean offer(List<Arrival> arrivals) {
        return waiting.addAll(arrivals);
    }

    @Override
    public @Nullable List<Arrival> poll() {
        Arrival first = waiting.poll();
        if (first == null) {
            return null;
        }
        int bytes = first.bytes();
        Arrival next = waiting.peek();
        if (next == null || next.bytes() > MAX_GROUP_BYTES - bytes) {
            return List.of(first);
        }
        List<Arrival> group = new ArrayList<>(MAX_GROUP);
        group.add(first);
        while (next != null && group.size() < MAX_GROUP && next.bytes() <= MAX_GROUP_BYTES - bytes) {
            bytes += next.bytes();
            group.add(waiting.remove());
            next = waiting.peek();
        }
        return group;
    }

    @Override
    public @Nullable List<Arrival> peek() {
        Arrival first = waiting.peek();
        return first == null ? null : List.of(first);
    }

    @Override
    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** How many arrivals wait. */
    @Override
    public int size() {
        return waiting.size();
    }

    @Override
    public Iterator<List<Arrival>> iterator() {
        throw new UnsupportedOperationException();
    }
}
