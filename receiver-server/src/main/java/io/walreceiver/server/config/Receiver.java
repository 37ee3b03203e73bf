package io.walreceiver.server.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Bounds of the receiver.
 *
 * @param maxInFlightBytes bytes of all segments between arrival and outcome
 * @param maxSegmentBytes size of one segment; a larger one is refused
 * @param maxHeldBytesPerLog bytes of segments that may wait behind a gap of one log
 * @param maxLogs number of logs; segments of further ones are let go
 * @param maxLedgerBytes bytes that the ledger may take; empty for half the heap
 * @param patience how long a log may stand still before its segments make way for others
 * @param minResendDelay pause after which missing segments are asked for
 * @param maxResendDelay longest pause between two requests that did not help
 * @param threads number of threads that verify and replay; empty for that of processors
 */
public record Receiver(
        @Setting(
                value = "Bytes of all segments between arrival and outcome; at least max-segment-bytes.",
                preset = "256MiB",
                least = "1B")
        long maxInFlightBytes,

        @Setting(
                value = "Size of one segment; a larger one is refused.",
                preset = "64MiB",
                least = "1B",
                most = "2147483583B")
        int maxSegmentBytes,

        @Setting(value = "Bytes of segments that may wait behind a gap of one log.", preset = "64MiB")
        long maxHeldBytesPerLog,

        @Setting(value = "Number of logs; segments of further ones are let go.", preset = "4096", least = "1")
        int maxLogs,

        @Setting(
                value = "Bytes that the ledger may take; logs that would go beyond stop with the state ledger full.",
                otherwise = "half the heap",
                least = "1B")
        Optional<Long> maxLedgerBytes,

        @Setting(
                value = "How long a log may stand still before its segments make way for others.",
                preset = "1s",
                least = "1ms",
                most = "36500d")
        Duration patience,

        @Setting(
                value = "Pause after which missing segments are asked for.",
                preset = "100ms",
                least = "1ms",
                most = "36500d")
        Duration minResendDelay,

        @Setting(
                value = "Longest pause between two requests that did not help; at least min-resend-delay.",
                preset = "30s",
                least = "1ms",
                most = "36500d")
        Duration maxResendDelay,

        @Setting(
                value = "Number of threads that verify and replay.",
                otherwise = "the number of processors",
                least = "1",
                most = "1024")
        Optional<Integer> threads) {}
