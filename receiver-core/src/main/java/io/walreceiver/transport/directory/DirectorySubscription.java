package io.walreceiver.transport.directory;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.sender.Mailbox;
import io.walreceiver.transport.sender.SegmentSubscription;
import io.walreceiver.transport.sender.SendingLog;
import io.walreceiver.transport.sender.Turns;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** One run over the files. All of its state belongs to the reading thread; what followers tell comes by {@link #mailbox()}. */
final class DirectorySubscription extends SegmentSubscription {

    private static final Logger LOG = LoggerFactory.getLogger(DirectorySubscription.class);
    private static final int MAX_FAILURES_TOLD = 16;

    private final DirectoryTransport transport;
    private final Positions positions;
    private final ExecutorService reader;
    private final Disposable.Composite watching = Disposables.composite();
    private final Mailbox mailbox = new Mailbox();

    private final Listing listing;
    private final Map<LogId, SendingLog<SegmentFile>> logs = new TreeMap<>();
    private final Turns<SegmentFile> turns = new Turns<>();
    private final Map<SegmentFile, SegmentReadException> failures = new LinkedHashMap<>();
    private final Map<LogId, Long> start = new HashMap<>();
    private boolean listed;
    /** A file has appeared: to be looked at when nothing else is to do, since under a stream of them that is soon enough. */
    private volatile boolean changed;
    /** It is time to look, whatever else is to do. */
    private volatile boolean rescan;

    DirectorySubscription(
            DirectoryTransport transport,
            Positions positions,
            ExecutorService reader,
            CoreSubscriber<? super WalSegmentPayload> subscriber) {
        super(subscriber, reader);
        this.transport = transport;
        this.positions = positions;
        this.reader = reader;
        this.listing = new Listing(transport.directories(), transport.logs());
    }

    Mailbox mailbox() {
        return mailbox;
    }

    @Override
    protected @Nullable WalSegmentPayload poll() {
        bringUpToDate();
        WalSegmentPayload segment = readNext();
        if (segment == null && changed) {
            rescan();
            segment = readNext();
        }
        return segment;
    }

    @Override
    protected boolean finished() {
        bringUpToDate();
        if (transport.follows() || !turns.finished(logs.values())) {
            return false;
        }
        failures.values().stream().findFirst().ifPresent(first -> {
            failures.values().stream().skip(1).limit(MAX_FAILURES_TOLD).forEach(first::addSuppressed);
            throw first;
        });
        return true;
    }

    @Override
    protected void close() {
        watching.dispose();
        transport.ended(this);
        reader.shutdown(); // never interrupted: the thread may be the subscriber's just now
    }

    private void bringUpToDate() {
        if (!listed) {
            listed = true;
            start.putAll(positions.read());
            refresh();
            if (transport.follows()) {
                watch();
                changed = true; // before the watch began
            }
        } else if (rescan) {
            rescan();
        }
        Map<LogId, Mailbox.Mail> mails = mailbox.take();
        if (mails.keySet().stream()
                .anyMatch(id -> !logs.containsKey(id) && transport.logs().test(id))) {
            refresh(); // a log that was not wanted when its files were seen
        }
        mails.forEach((id, mail) -> {
            SendingLog<SegmentFile> log = logs.get(id);
            if (log != null) {
                // A follower that goes back behind its position wants what was skipped for it.
                start.computeIfPresent(id, (same, position) -> Math.min(position, mail.lowestRequest() - 1));
                mail.deliverTo(log);
                turns.ready(log);
            }
        });
    }

    private void watch() {
        watching.add(transport.rescans(() -> {
            rescan = true;
            wake();
        }));
        try {
            DirectoryWatch watch =
                    DirectoryWatch.open(transport.directories(), DirectoryTransport.threadName("watch"), () -> {
                        changed = true;
                        wake();
                    });
            watching.add(watch::close);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("{}: new files are found by rescans only, which is slower: {}", transport, e.toString());
        }
    }

    private void rescan() {
        rescan = false;
        changed = false;
        for (SendingLog<SegmentFile> log : logs.values()) {
            log.retry();
            log.inFlight().stream().filter(SegmentFile::changed).forEach(log::again);
        }
        refresh();
    }

    private void refresh() {
        Listing.Change change = listing.refresh();
        for (SegmentFile file : change.removed()) {
            SendingLog<SegmentFile> log = logs.get(file.id().log());
            if (log != null) {
                log.remove(file);
                failures.remove(file);
            }
        }
        Set<SendingLog<SegmentFile>> grown = new LinkedHashSet<>();
        for (SegmentFile file : change.added()) {
            SendingLog<SegmentFile> log = logs.computeIfAbsent(file.id().log(), this::newLog);
            log.add(file);
            grown.add(log);
        }
        grown.forEach(this::skipWhatIsCovered);
        logs.values().forEach(turns::ready);
    }

    private SendingLog<SegmentFile> newLog(LogId id) {
        SendingLog<SegmentFile> log = new SendingLog<>(id, transport.windowBytesPerLog(), SegmentFile.ORDER, null);
        log.acknowledge(start.getOrDefault(id, 0L));
        if (!transport.follows()) {
            log.end();
        }
        return log;
    }

    /** A file of which neither its successor's name nor its size leaves anything to want is not even opened. */
    private void skipWhatIsCovered(SendingLog<SegmentFile> log) {
        long position = position(log);
        long successor = successor(log);
        for (SegmentFile file : List.copyOf(log.segments())) {
            if (file.firstSeq() >= successor) {
                return;
            }
            if (!file.sent() && file.lastSeq() >= 1 && file.lastSeq() <= position) {
                log.skip(file);
            }
        }
    }

    private long position(SendingLog<SegmentFile> log) {
        return start.getOrDefault(log.log(), 0L);
    }

    /** Where the last file starts that starts at or below the first event wanted: those before it should hold only older ones. */
    private long successor(SendingLog<SegmentFile> log) {
        long wanted = position(log) + 1;
        long successor = 0;
        for (SegmentFile file : log.segments()) {
            if (file.firstSeq() < 0 || file.firstSeq() > wanted) {
                break;
            }
            successor = file.firstSeq();
        }
        return successor;
    }

    private @Nullable WalSegmentPayload readNext() {
        for (SendingLog<SegmentFile> log = turns.next(); log != null && !closed(); log = turns.next()) {
            SegmentFile file = log.next();
            WalSegmentPayload segment = file == null ? null : read(log, file);
            turns.ready(log);
            if (segment != null) {
                return segment;
            }
        }
        return null;
    }

    /** Null if the file was dealt with in another way than by sending it. */
    private @Nullable WalSegmentPayload read(SendingLog<SegmentFile> log, SegmentFile file) {
        boolean wanted = file.sent() || file.firstSeq() > position(log);
        boolean superseded = !wanted && file.firstSeq() < successor(log);
        try {
            WalSegmentPayload segment = file.read(transport.maxSegmentBytes());
            failures.remove(file);
            if (file == log.segments().last()) {
                transport.learnHead(log.log(), file.lastSeq());
            }
            if (!wanted && SegmentFile.isCovered(segment, position(log), superseded)) {
                log.skip(file);
                return null;
            }
            log.sent(file);
            return segment;
        } catch (IOException e) {
            failed(log, file, superseded, file.unreadable(e));
        } catch (SegmentReadException e) {
            failed(log, file, superseded, e);
        }
        return null;
    }

    /** Its log stops here, others go on. A file that by its successor's name is not needed is not missed either. */
    private void failed(
            SendingLog<SegmentFile> log, SegmentFile file, boolean superseded, SegmentReadException failure) {
        if (superseded) {
            log.skip(file);
            return;
        }
        log.stopAt(file);
        if (failures.put(file, failure) == null) {
            LOG.warn("log {} stops: {}", log.log(), failure.getMessage());
        }
    }
}
