package io.walreceiver.storage;

import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.wal.LogEnd;
import io.walreceiver.storage.wal.StoredBatch;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** Gives back what is stored of a log, and takes nothing. */
final class ReadOnlyLogStore implements LogStore {

    private final Disk disk;
    private final StoredLog stored;
    private final long through;
    private final Consumer<RecoveryFinding> findings;
    private volatile long position;
    private volatile List<Skip> skips = List.of();

    ReadOnlyLogStore(Disk disk, StoredLog stored, long through, Consumer<RecoveryFinding> findings) {
        this.disk = disk;
        this.stored = stored;
        this.through = through;
        this.findings = findings;
    }

    @Override
    public boolean isVolatile() {
        return false;
    }

    @Override
    public void listener(Listener listener) {}

    @Override
    public Recovered recover(RecoveryTarget target) throws IOException {
        long known = stored.knownDurable(); // first: it only grows
        if (!disk.exists(stored.folder())) {
            return new Recovered(0, 0, List.of());
        }
        Recovery recovery = new Recovery(disk, stored.folder(), stored.log(), through);
        Recovered recovered = read(recovery, new PrefixTarget(target, through), known);
        position = recovered.position();
        skips = recovery.skips().records();
        recovered.findings().forEach(findings);
        return recovered;
    }

    private Recovered read(Recovery recovery, PrefixTarget target, long known) throws IOException {
        try {
            LogEnd end = recovery.read(target);
            return new Recovered(end.position(), Math.min(known, through), StoredLog.findings(recovery, end, known));
        } catch (PrefixTarget.Reached e) {
            return new Recovered(through, through, recovery.findings());
        }
    }

    @Override
    public void append(SegmentView segment, long from) throws IOException {
        throw new IOException("log " + stored.log() + " in " + stored.folder() + " is only read");
    }

    @Override
    public long written() {
        return position;
    }

    @Override
    public long durable() {
        return position;
    }

    @Override
    public boolean failed() {
        return false;
    }

    @Override
    public Mono<Void> sync() {
        return Mono.empty();
    }

    @Override
    public void keepAside(WalSegmentPayload segment, String cause, long waitingFor) {}

    @Override
    public boolean checkpointDue() {
        return false;
    }

    @Override
    public CheckpointInProgress beginCheckpoint() throws IOException {
        throw new IOException("log " + stored.log() + " in " + stored.folder() + " is only read");
    }

    @Override
    public List<Skip> skips() {
        return skips;
    }

    @Override
    public void skip(Skip skip) throws IOException {
        throw new IOException("log " + stored.log() + " in " + stored.folder() + " is only read");
    }

    @Override
    public Optional<StoredBatch> lastDurableBatch(long last) {
        return Optional.empty();
    }

    @Override
    public Optional<Epoch> epoch() {
        return Optional.empty();
    }

    @Override
    public void adopt(Epoch epoch) throws IOException {
        throw new IOException("log " + stored.log() + " in " + stored.folder() + " is only read");
    }

    @Override
    public int keptAside() {
        return 0;
    }

    @Override
    public Optional<KeptSegment> dropKeptAside(String name) throws IOException {
        throw new IOException("log " + stored.log() + " in " + stored.folder() + " is only read");
    }

    @Override
    public void close() {}
}
