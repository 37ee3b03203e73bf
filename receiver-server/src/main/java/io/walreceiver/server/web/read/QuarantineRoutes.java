package io.walreceiver.server.web.read;

import io.walreceiver.format.LogId;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.Places;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.WebRoutes;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.StoredLog;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.quarantine.QuarantineListing;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The refused segments that are kept aside. */
final class QuarantineRoutes {

    private static final int MAX_PLACES = 32;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private final Follower follower;
    private final Scheduler disk;
    private final Places places = new Places(MAX_PLACES, "readings of quarantines");

    /**
     * A log's quarantine.
     *
     * @param count how many segments there are
     * @param kept the ones that were seen last, newest first
     * @param damagedCount how many files belong to none or cannot be read
     * @param damaged names of some of them
     */
    record QuarantineJson(String log, int count, List<KeptJson> kept, int damagedCount, List<String> damaged) {}

    /** A refused segment. */
    record KeptJson(
            String name,
            String segment,
            long eventsClaimed,
            long bytes,
            String blake3,
            boolean bytesKept,
            String cause,
            String firstSeen,
            String lastSeen,
            long count) {

        static KeptJson of(KeptSegment kept) {
            return new KeptJson(
                    kept.name(),
                    kept.segment().toString(),
                    kept.eventCount(),
                    kept.sizeBytes(),
                    kept.blake3(),
                    kept.bytesKept(),
                    PlainText.sentence(kept.cause()),
                    kept.firstSeen().toString(),
                    kept.lastSeen().toString(),
                    kept.count());
        }
    }

    /** @param disk whose threads may block */
    QuarantineRoutes(Follower follower, Scheduler disk) {
        this.follower = follower;
        this.disk = disk;
    }

    void addTo(WebRoutes routes) {
        routes.get("/v1/logs/{region}/{shard}/quarantine", this::quarantine);
    }

    private Mono<Answer> quarantine(Call call) {
        Parameters parameters = new Parameters(call);
        int limit = parameters
                .one("limit", text -> Optional.of((int) Values.number(text, 1, MAX_LIMIT)))
                .orElse(DEFAULT_LIMIT);
        LogId log = LogRoutes.log(call, parameters);
        return places.within(
                Mono.fromCallable(() -> Answer.json(list(log, limit))).subscribeOn(disk));
    }

    private QuarantineJson list(LogId log, int limit) throws IOException {
        Optional<StoredLog> stored = StoredData.find(follower.data()).map(data -> data.log(log));
        if (follower.receiver().durable(log).isEmpty()
                && (stored.isEmpty() || !stored.get().folder().toFile().exists())) {
            throw LogRoutes.unknown(log);
        }
        QuarantineListing listing = stored.isEmpty()
                ? new QuarantineListing(List.of(), List.of())
                : stored.get().keptAside();
        int count = listing.kept().size();
        return new QuarantineJson(
                log.toString(),
                count,
                newestFirst(listing.kept().subList(Math.max(0, count - limit), count)),
                listing.damaged().size(),
                listing.damaged().stream().limit(limit).map(PlainText::sentence).toList());
    }

    private static List<KeptJson> newestFirst(List<KeptSegment> oldestFirst) {
        return IntStream.range(0, oldestFirst.size())
                .mapToObj(i -> KeptJson.of(oldestFirst.get(oldestFirst.size() - 1 - i)))
                .toList();
    }
}
