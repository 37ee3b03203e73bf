package io.walreceiver.server.verify;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which events of each log intact files hold: finds what a replay of them would stumble over, or meet twice. */
public final class LogCoverage {

    private final SortedMap<WalSegmentId, List<Held>> segments = new TreeMap<>();

    /** Takes note of an intact file. */
    public void add(WalSegmentId id, long events, String fileName) {
        segments.computeIfAbsent(id, first -> new ArrayList<>()).add(new Held(id.seqno() + events - 1, fileName));
    }

    /** Holes and overlaps, by log and position. A log that starts late has a hole before its first file. */
    public List<LogFinding> findings() {
        List<LogFinding> findings = new ArrayList<>();
        Optional<LogId> log = Optional.empty();
        long through = 0;
        for (var segment : segments.entrySet()) {
            WalSegmentId id = segment.getKey();
            if (!log.equals(Optional.of(id.log()))) {
                log = Optional.of(id.log());
                through = 0;
            }
            for (Held held : segment.getValue()) {
                if (id.seqno() > through + 1) {
                    findings.add(new LogFinding(id.log(), Verdict.HOLE, through + 1, id.seqno() - 1, held.file()));
                } else if (id.seqno() <= through) {
                    long last = Math.min(through, held.last());
                    findings.add(new LogFinding(id.log(), Verdict.OVERLAP, id.seqno(), last, held.file()));
                }
                through = Math.max(through, held.last());
            }
        }
        return findings;
    }

    private record Held(long last, String file) {}
}
