package io.walreceiver.bench;

import io.walreceiver.ledger.SignalReading;

/**
 * What a plain ledger keeps of a pair: a score, and rings of counts, one for each minute of an hour and each hour of a week. One
 * thread.
 */
final class PlainPair {

    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final int MINUTES = 60;
    private static final int HOURS = 168;
    private static final int DAY_HOURS = 24;
    private static final double NANOS_PER_SECOND = 1e9;

    private final int[] minutes = new int[MINUTES];
    private final int[] hours = new int[HOURS];
    private double score;
    private long last = -1;
    private long allTime;

    void add(double lambdaPerSecond, float weight, long nanos) {
        if (last < 0 || nanos >= last) {
            score = (last < 0 ? 0 : score * decay(lambdaPerSecond, nanos - last)) + weight;
            advance(nanos / MINUTE_NANOS);
            last = nanos;
        } else {
            score += weight * decay(lambdaPerSecond, last - nanos);
        }
        long minute = nanos / MINUTE_NANOS;
        long newest = last / MINUTE_NANOS;
        if (newest - minute < MINUTES) {
            minutes[(int) (minute % MINUTES)]++;
        }
        if (newest / 60 - minute / 60 < HOURS) {
            hours[(int) (minute / 60 % HOURS)]++;
        }
        allTime++;
    }

    /** Clears what the rings hold of the time that is over. */
    private void advance(long minute) {
        long newest = last < 0 ? minute : last / MINUTE_NANOS;
        for (long m = Math.max(newest + 1, minute - MINUTES + 1); m <= minute; m++) {
            minutes[(int) (m % MINUTES)] = 0;
        }
        for (long h = Math.max(newest / 60 + 1, minute / 60 - HOURS + 1); h <= minute / 60; h++) {
            hours[(int) (h % HOURS)] = 0;
        }
    }

    double scoreAt(double lambdaPerSecond, long now) {
        return score * decay(lambdaPerSecond, Math.max(now, last) - last);
    }

    /** Score and counts at {@code now}, or at the pair's newest event if that is later. */
    SignalReading at(long entityId, int signalType, double lambdaPerSecond, long now) {
        long asOf = Math.max(now, last);
        long minute = asOf / MINUTE_NANOS;
        long newest = last / MINUTE_NANOS;
        long lastHour = 0;
        for (long m = minute - MINUTES + 1; m <= newest; m++) {
            lastHour += minutes[(int) (m % MINUTES)];
        }
        return new SignalReading(
                entityId,
                signalType,
                asOf,
                scoreAt(lambdaPerSecond, asOf),
                allTime,
                lastHour,
                inHours(minute / 60, newest / 60, DAY_HOURS),
                inHours(minute / 60, newest / 60, HOURS));
    }

    private long inHours(long hour, long newest, int window) {
        long count = 0;
        for (long h = hour - window + 1; h <= newest; h++) {
            count += hours[(int) (h % HOURS)];
        }
        return count;
    }

    private static double decay(double lambdaPerSecond, long nanos) {
        return Math.exp(-lambdaPerSecond * (nanos / NANOS_PER_SECOND));
    }
}
