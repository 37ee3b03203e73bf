package io.walreceiver.transport.publication;

import io.walreceiver.format.LogId;
import java.util.function.Predicate;

/**
 * What a follower wants of a publication.
 *
 * @param windowBytesPerLog most bytes of one log that it wants to have unacknowledged, 1 or more
 * @param maxSegmentBytes largest segment that it takes, 1 or more
 * @param wanted which logs it is to be sent: it may read them, and they are in order. To be asked again each time, by any thread, without
 *     waiting: a log may come to be wanted, which is followed by a request for what comes after its position; one that is not
 *     keeps nothing from ending
 */
public record FollowerTerms(long windowBytesPerLog, int maxSegmentBytes, Predicate<LogId> wanted) {}
