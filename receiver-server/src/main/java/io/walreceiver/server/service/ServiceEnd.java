package io.walreceiver.server.service;

import io.walreceiver.server.replay.Replayed;
import java.time.Duration;

/**
 * How the service ended.
 *
 * @param replayed what came of all that was received
 * @param interrupted whether it was told to stop; else all logs have ended
 * @param drainedSegments segments that got their outcome after it was told to stop
 * @param drainedEvents events of them that were new
 * @param dropped segments that were let go after that: they wait behind a gap, say. They will be sent again
 * @param inTime whether everything was closed before the deadline
 * @param took how long the end took
 */
public record ServiceEnd(
        Replayed replayed,
        boolean interrupted,
        long drainedSegments,
        long drainedEvents,
        long dropped,
        boolean inTime,
        Duration took) {}
