package io.walreceiver.storage.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;

/** A simulated disk with a directory that is there for sure, and all that a loss of power may leave of it. */
abstract class SimulatedDiskCase {

    static final int LOSSES = 400;
    static final Path DIRECTORY = SimulatedDisk.ROOT.resolve("data");
    static final Path A = DIRECTORY.resolve("a");
    static final Path B = DIRECTORY.resolve("b");

    final SimulatedDisk disk = new SimulatedDisk(1);

    @BeforeEach
    void aDirectoryThatIsThereForSure() throws IOException {
        disk.createDirectory(DIRECTORY);
        disk.syncDirectory(SimulatedDisk.ROOT);
    }

    static void put(DiskFile file, long at, String text) throws IOException {
        file.write(at, text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length());
    }

    static String text(SimulatedDisk disk, Path file) {
        return disk.exists(file) ? new String(disk.content(file), StandardCharsets.ISO_8859_1) : "no file";
    }

    DiskFile synced(Path path, String text) throws IOException {
        DiskFile file = disk.create(path);
        put(file, 0, text);
        file.sync();
        disk.syncDirectory(DIRECTORY);
        return file;
    }

    /** All that a loss of power leaves, by what is asked of the survivor. */
    static <T> Set<T> left(SimulatedDisk disk, Function<SimulatedDisk, T> question) {
        Set<T> answers = new TreeSet<>();
        for (int seed = 0; seed < LOSSES; seed++) {
            answers.add(question.apply(disk.afterPowerLoss(new Random(seed))));
        }
        return answers;
    }

    Set<String> left(Path file) {
        return left(disk, survivor -> text(survivor, file));
    }

    static String names(SimulatedDisk disk) {
        try {
            return String.join(" ", disk.list(DIRECTORY));
        } catch (IOException e) {
            return "no directory";
        }
    }
}
