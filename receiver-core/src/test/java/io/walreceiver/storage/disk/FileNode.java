package io.walreceiver.storage.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A file: what reads see, and what the medium holds for sure with the changes that it may hold. */
final class FileNode implements Node {

    private static final Change.Fate[] FATES = Change.Fate.values();

    final Content cache;
    private final Content medium;
    /** In order, above {@link #medium}. */
    private final List<Change> changes = new ArrayList<>();

    FileNode() {
        this(new Content());
    }

    private FileNode(Content medium) {
        this.medium = medium;
        this.cache = medium.copy();
    }

    void write(int at, byte[] bytes, int offset, int length) {
        if (length > 0) {
            add(Change.write(at, Arrays.copyOfRange(bytes, offset, offset + length)));
        }
    }

    void cut(int size) {
        add(Change.cut(size));
    }

    private void add(Change change) {
        change.apply(cache);
        changes.add(change);
    }

    void sync() {
        changes.stream()
                .filter(change -> change.state == Change.State.PENDING)
                .forEach(change -> change.state = Change.State.SYNCED);
        if (changes.stream().allMatch(change -> change.state == Change.State.SYNCED)) {
            changes.forEach(change -> change.apply(medium));
            changes.clear();
        }
    }

    /** Takes the changes for written although they are not. */
    void failSync() {
        changes.stream()
                .filter(change -> change.state == Change.State.PENDING)
                .forEach(change -> change.state = Change.State.DOOMED);
    }

    void flip(long bit) {
        cache.flip(bit);
        medium.flip(bit);
    }

    @Override
    public FileNode afterPowerLoss(PowerLoss loss) {
        Random random = loss.random;
        Content survivor = medium.copy();
        int manner = random.nextInt(4);
        int reached = random.nextInt(changes.size() + 1);
        for (int i = 0; i < changes.size(); i++) {
            Change.Fate fate = switch (manner) {
                case 0 -> Change.Fate.LOST;
                case 1 -> Change.Fate.WHOLE;
                case 2 -> i < reached ? Change.Fate.WHOLE : i == reached ? Change.Fate.TORN : Change.Fate.LOST;
                default -> FATES[random.nextInt(FATES.length)];
            };
            changes.get(i).survive(fate, survivor, random);
        }
        return new FileNode(survivor);
    }
}
