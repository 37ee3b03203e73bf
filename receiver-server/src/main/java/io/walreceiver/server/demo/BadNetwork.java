package io.walreceiver.server.demo;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Transport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import reactor.core.publisher.Flux;

/**
 * Does what networks do: it delivers every segment twice, in any order, and before one of them a damaged copy.
 * The same each time, so that a demo can be believed and tested.
 */
public final class BadNetwork {

    private static final long SEED = 42;

    private final List<WalSegmentPayload> deliveries;

    private BadNetwork(List<WalSegmentPayload> deliveries) {
        this.deliveries = deliveries;
    }

    /** Delivers these segments, one or more. */
    public static BadNetwork delivering(List<WalSegmentPayload> segments) {
        Random random = new Random(SEED);
        List<WalSegmentPayload> deliveries = new ArrayList<>(segments);
        deliveries.addAll(segments);
        Collections.shuffle(deliveries, random);
        deliveries.add(0, damaged(deliveries.get(0), random));
        return new BadNetwork(List.copyOf(deliveries));
    }

    private static WalSegmentPayload damaged(WalSegmentPayload segment, Random random) {
        byte[] bytes = segment.bytes().clone();
        bytes[random.nextInt(bytes.length)] ^= 1;
        return new WalSegmentPayload(segment.id(), bytes, segment.eventCount());
    }

    /** How many segments will be delivered. */
    public int size() {
        return deliveries.size();
    }

    /** What delivers them. Nothing is sent again on request: everything comes anyway. */
    public Transport transport() {
        return Transport.of(Flux.fromIterable(deliveries));
    }
}
