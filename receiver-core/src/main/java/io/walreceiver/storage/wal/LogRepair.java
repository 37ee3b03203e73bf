package io.walreceiver.storage.wal;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.wal.Finding.Kind;
import io.walreceiver.storage.wal.LogEnd.Break;
import io.walreceiver.storage.wal.LogEnd.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the files that {@link LogReader} found into sealed ones that hold what was read and nothing else, so that a
 * {@link LogAppender} can go on at {@link LogEnd#position}.
 *
 * <p>Where the log breaks, what is known to be durable decides what it means. At or below that, or in or before a sealed file, it is
 * rot: the good part of the file is kept, a copy of the whole file and all later files are set aside, none is deleted. Above it, it is
 * the torn tail that a crash leaves: the file is cut at its last good batch, and later ones are deleted, good batches or not.
 *
 * <p>A crash or a failure at any step followed by another recovery ends in the same files:
 *
 * <ul>
 *   <li>The good part is never away from its place: a rotten file is copied aside before it is cut, not renamed and written anew.
 *   <li>A break stays what it is until it is dealt with: sealed files, which prove it to be rot, go last.
 *   <li>{@link OpenFiles} says why sealing can be repeated.
 * </ul>
 */
public final class LogRepair {

    private final Disk disk;
    private final Path folder;
    private final LogId log;
    private final RottenFiles rotten;

    /**
     * The repair of one log.
     *
     * @param disk holds the files
     * @param folder where the log is; it exists
     * @param log the log
     */
    public LogRepair(Disk disk, Path folder, LogId log) {
        this.disk = disk;
        this.folder = folder;
        this.log = log;
        this.rotten = new RottenFiles(disk);
    }

    /**
     * Repairs the log. Afterwards its files are sealed and all that was done is durable.
     *
     * @param files all files of the log, as they were read
     * @param end what reading gave
     * @param durableBound an event known to be durable, with all before it; at or above the position that reading started after.
     *     Sealed files are durable in full and need not be counted in.
     * @return what is missing, in order; empty after a clean stop
     * @throws IOException if a step fails; to be tried again from listing the files on
     */
    public List<Finding> repair(List<LogFile> files, LogEnd end, long durableBound) throws IOException {
        deleteTemporaries();
        for (LogFile file : files) {
            if (file.sizeBytes() == 0) {
                disk.delete(file.path()); // also a sealed one: AppendedFile.discard may have ended on its way
            }
        }
        if (files.stream().anyMatch(LogFile::open)) {
            // A name that was found need not be durable: an earlier recovery may have ended between renaming a copy
            // and syncing the folder. The file that was copied must not be cut before.
            disk.syncDirectory(folder);
        }
        List<LogFile> redundant =
                end.read().stream().filter(Extent::redundant).map(Extent::file).toList();
        List<LogFile> filled = files.stream()
                .filter(file -> file.sizeBytes() > 0 && !redundant.contains(file))
                .toList();
        long bound = Math.max(durableBound, beforeLastSealed(filled));
        List<Finding> findings = new ArrayList<>();
        if (end.broken().isPresent()) {
            repair(filled, end, end.broken().get(), bound, durableBound, findings);
        } else {
            seal(filled, end, bound, true);
            if (end.position() < durableBound) {
                findings.add(endMissing(filled, end, durableBound));
            }
        }
        for (LogFile file : redundant) { // last: what they repeat is durable elsewhere by now
            disk.delete(file.path());
        }
        disk.syncDirectory(folder);
        return findings;
    }

    private void repair(
            List<LogFile> files, LogEnd end, Break broken, long bound, long durableBound, List<Finding> findings)
            throws IOException {
        int at = files.indexOf(broken.file());
        boolean rot = broken.expected() <= durableBound || anySealed(files.subList(at, files.size()));
        boolean goodStart = broken.offset() > 0;
        if (goodStart) {
            Path bytes = rot ? rotten.copyAside(broken.file()) : broken.file().path();
            findings.add(finding(rot, broken.file(), bytes, broken));
        }
        List<LogFile> kept = files.subList(0, goodStart ? at + 1 : at);
        seal(kept, end, bound, !rot);
        if (goodStart && !broken.file().open()) {
            try (DiskFile bytes = disk.open(broken.file().path())) {
                DurableFiles.cut(bytes, broken.offset());
            }
        }
        List<LogFile> beyond = files.subList(kept.size(), files.size());
        if (rot) {
            setAside(beyond, broken, findings);
        } else {
            delete(beyond, broken, findings);
        }
    }

    private void setAside(List<LogFile> beyond, Break broken, List<Finding> findings) throws IOException {
        for (boolean open : new boolean[] {true, false}) {
            disk.syncDirectory(folder);
            for (LogFile file : beyond) {
                if (file.open() == open) {
                    findings.add(finding(true, file, rotten.setAside(file), broken));
                }
            }
        }
    }

    private void delete(List<LogFile> beyond, Break broken, List<Finding> findings) throws IOException {
        for (LogFile file : beyond) {
            disk.delete(file.path());
            findings.add(finding(false, file, file.path(), broken));
        }
    }

    /**
     * @param last whether no sealed file lies behind these
     */
    private void seal(List<LogFile> files, LogEnd end, long bound, boolean last) throws IOException {
        OpenFiles openFiles = new OpenFiles(disk);
        for (int i = 0; i < files.size(); i++) {
            LogFile file = files.get(i);
            if (file.open()) {
                LogFile next = LogFile.next(files, i);
                openFiles.seal(
                        file,
                        next == null ? Long.MAX_VALUE : next.firstSeq(),
                        goodBytes(file, end),
                        bound,
                        last && next == null);
            }
        }
    }

    private static long goodBytes(LogFile file, LogEnd end) {
        for (Extent extent : end.read()) {
            if (extent.file().equals(file)) {
                return extent.goodBytes();
            }
        }
        return file.sizeBytes();
    }

    private static boolean anySealed(List<LogFile> files) {
        return files.stream().anyMatch(file -> !file.open());
    }

    /** A file is sealed after all before it are synced. */
    private static long beforeLastSealed(List<LogFile> files) {
        return files.stream()
                .filter(file -> !file.open())
                .mapToLong(file -> file.firstSeq() - 1)
                .max()
                .orElse(0);
    }

    private static Finding finding(boolean rot, LogFile file, Path bytes, Break broken) {
        boolean atBreak = file.equals(broken.file());
        long offset = atBreak ? broken.offset() : 0;
        String what = atBreak ? broken.text() : file + ": lies behind a break: " + broken.text();
        String done = rot ? "set aside as " + bytes.getFileName() : offset > 0 ? "cut at byte " + offset : "deleted";
        return new Finding(
                rot ? Kind.ROT : Kind.CUT,
                bytes,
                offset,
                atBreak ? broken.expected() : file.firstSeq(),
                file.sizeBytes() - offset,
                what + "; " + (rot ? "it was durable: the file is " : "it was not known to be durable: the file is ")
                        + done + ", and events from " + broken.expected() + " on are needed again");
    }

    /** Nothing in the files is wrong, yet they end too early: as a file that was cut between two batches, or is gone, leaves them. */
    private Finding endMissing(List<LogFile> files, LogEnd end, long durableBound) {
        Path file = files.isEmpty() ? folder : files.get(files.size() - 1).sealedPath();
        long offset = files.isEmpty() ? 0 : goodBytes(files.get(files.size() - 1), end);
        return new Finding(
                Kind.ROT,
                file,
                offset,
                end.position() + 1,
                0,
                file + ": log " + log + " ends with event " + end.position() + ", expected event " + durableBound
                        + ", which was durable; events from " + (end.position() + 1) + " on are needed again");
    }

    private void deleteTemporaries() throws IOException {
        for (String name : disk.list(folder)) {
            int end = name.indexOf(".seg");
            if (end > 0
                    && name.endsWith(LogFile.TEMPORARY)
                    && WalSegmentId.ofFileName(name.substring(0, end + ".seg".length()))
                            .filter(id -> id.log().equals(log))
                            .isPresent()) {
                disk.delete(folder.resolve(name));
            }
        }
    }
}
