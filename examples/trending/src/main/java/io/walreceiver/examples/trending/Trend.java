package io.walreceiver.examples.trending;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is hot at one moment; also the JSON that the page gets.
 *
 * @param now the moment: when the newest event in the replica happened; null before the first one
 * @param comparedWithMillis how old the ranking is that this one is compared with; null if there is none
 * @param signals in the order of the schema
 * @param replica how far behind the leader all this is
 */
record Trend(@Nullable Instant now, @Nullable Long comparedWithMillis, List<Ranking> signals, Replica replica) {

    /**
     * The hottest of one signal, hottest first.
     *
     * @param halfLifeSeconds after how long an event is worth half; null if it keeps its worth
     */
    record Ranking(String signal, @Nullable Long halfLifeSeconds, List<Hot> hottest) {}

    /**
     * One of the hottest.
     *
     * @param rank from 1
     * @param previousRank in the earlier ranking; null if it was not among the hottest then, or nobody knows
     * @param entityId unsigned, as text: a browser's numbers do not hold 64 bits
     * @param score what its events weigh, each decayed since it happened
     */
    record Hot(int rank, @Nullable Integer previousRank, String entityId, String name, double score, Counts counts) {}

    /** How many events there were: in the last hour, day and week, and ever. */
    record Counts(long hour, long day, long week, long ever) {}

    /** One entity in one signal. */
    record Reading(String signal, String entityId, String name, Instant now, double score, Counts counts) {}
}
