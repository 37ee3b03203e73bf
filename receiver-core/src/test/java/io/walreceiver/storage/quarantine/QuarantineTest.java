package io.walreceiver.storage.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.disk.DiskFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.Blake3;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuarantineTest {

    /** Nothing that a test keeps holds this event. */
    private static final long NOTHING_KEPT = 1_000_000;

    private static final long EVENTS = 10;
    private static final int BYTES = (int) EVENTS * EventBatch.EVENT_BYTES;

    @TempDir
    Path temp;

    private Path folder;
    private PlainDisk disk;
    private int minutes;

    @BeforeEach
    void folder() {
        folder = temp.resolve("quarantine");
        disk = new PlainDisk(folder);
    }

    @Test
    void folderIsCreatedByTheFirstKeepOnly() throws IOException {
        Quarantine quarantine = roomy();

        assertThat(quarantine.list()).isEmpty();
        assertThat(quarantine.sizeBytes()).isZero();
        assertThat(quarantine.dropAllBut(1)).isZero();
        assertThat(Quarantine.list(disk, folder).kept()).isEmpty();
        assertThat(folder).doesNotExist();

        keep(quarantine, segment(1, 'a'));
        assertThat(folder).isDirectory();
    }

    @Test
    void folderIsNotCreatedAboveItsParent() {
        Quarantine quarantine = new Quarantine(disk, temp.resolve("gone/quarantine"), 1000, 10);

        assertThatThrownBy(() -> keep(quarantine, segment(1, 'a'))).isInstanceOf(IOException.class);
        assertThat(temp.resolve("gone")).doesNotExist();
    }

    @Test
    void bytesComeBackAsTheyCame() throws IOException {
        WalSegmentPayload segment = segment(4001, 'a');

        KeptSegment kept = keep(roomy(), segment);

        assertThat(kept.blake3()).isEqualTo(Hex.encodeHexString(Blake3.hash(segment.bytes())));
        assertThat(kept.name())
                .isEqualTo("00000000000000004001-" + kept.blake3().substring(0, 16));
        assertThat(files()).containsExactly(kept.name() + ".seg", kept.name() + ".txt");
        assertThat(folder.resolve(kept.name() + ".seg")).hasBinaryContent(segment.bytes());
        assertThat(roomy().read(kept)).hasValueSatisfying(back -> {
            assertThat(back.id()).isEqualTo(segment.id());
            assertThat(back.eventCount()).isEqualTo(EVENTS);
            assertThat(back.bytes()).isEqualTo(segment.bytes());
        });
    }

    @Test
    void textIsForPeople() throws IOException {
        Instant now = Instant.parse("2026-03-01T10:00:00.000000001Z");
        KeptSegment kept = roomy().keep(segment(4001, 'a'), "bad checksum", now, 1);

        assertThat(folder.resolve(kept.name() + ".txt")).hasContent("""
                        segment: 1:3:4001
                        events claimed: 10
                        size in bytes: 210
                        blake3: %s
                        bytes kept: yes
                        cause: bad checksum
                        first seen: 2026-03-01T10:00:00.000000001Z
                        last seen: 2026-03-01T10:00:00.000000001Z
                        count: 1
                        """.formatted(kept.blake3()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "two\nlines",
                "\r\n",
                "\\",
                "\\n \\u000a",
                "\u001b[31mred",
                "\u2028\u0085\0",
                "größer",
                "\ud83d\ude00",
                "\ud83d"
            })
    void whateverTheCauseALineStaysALine(String cause) throws IOException {
        KeptSegment kept = roomy().keep(segment(1, 'a'), cause, now(), 1);

        assertThat(roomy().list()).containsExactly(kept);
        assertThat(kept.cause()).isEqualTo(cause);
        assertThat(Files.readString(folder.resolve(kept.name() + ".txt")).chars())
                .filteredOn(c -> c < ' ')
                .hasSize(9)
                .containsOnly((int) '\n');
    }

    @Test
    void longCauseIsCutOff() throws IOException {
        keep(roomy(), segment(1, 'a'));
        KeptSegment kept = roomy().keep(segment(2, 'b'), "\n".repeat(100_000), now(), 1);

        assertThat(kept.cause()).hasSize(1000);
        assertThat(roomy().list()).hasSize(2).contains(kept);
    }

    @Test
    void equalBytesAreCountedAndStoredOnce() throws IOException {
        Quarantine quarantine = roomy();
        KeptSegment first = quarantine.keep(segment(1, 'a'), "this", now(), 1);
        keep(quarantine, segment(1, 'b')); // other bytes
        keep(quarantine, segment(2, 'a')); // another id
        KeptSegment second = quarantine.keep(segment(1, 'a'), "that", now(), 1);
        Instant last = now();
        KeptSegment third = roomy().keep(segment(1, 'a'), "that", last, 1);

        assertThat(first.count()).isEqualTo(1);
        assertThat(second.count()).isEqualTo(2);
        assertThat(third.count()).isEqualTo(3);
        assertThat(third.cause()).isEqualTo("that");
        assertThat(third.firstSeen()).isEqualTo(first.firstSeen());
        assertThat(third.lastSeen()).isEqualTo(last);
        assertThat(files()).hasSize(6);
        assertThat(roomy().sizeBytes()).isEqualTo(3 * BYTES);
    }

    @Test
    void oldestMakesRoomForBytes() throws IOException {
        Quarantine quarantine = new Quarantine(disk, folder, 2 * BYTES, 10);
        keep(quarantine, segment(1, 'a'));
        keep(quarantine, segment(11, 'b'));
        keep(quarantine, segment(1, 'a')); // seen again: now the younger one
        keep(quarantine, segment(21, 'c'));

        assertThat(seqnos(quarantine.list())).containsExactly(1L, 21L);
        assertThat(quarantine.list()).allMatch(KeptSegment::bytesKept);
        assertThat(files()).hasSize(4);
    }

    @Test
    void oldestMakesRoomForEntries() throws IOException {
        Quarantine quarantine = new Quarantine(disk, folder, 1000 * BYTES, 2);
        keep(quarantine, segment(1, 'a'));
        keep(quarantine, empty(11));
        keep(quarantine, empty(21));

        assertThat(seqnos(quarantine.list())).containsExactly(11L, 21L);
    }

    @Test
    void onlyCopyOfWhatTheLogWaitsForStays() throws IOException {
        Quarantine quarantine = new Quarantine(disk, folder, 2 * BYTES, 2);
        keep(quarantine, segment(1, 'a'), 10); // its last event
        keep(quarantine, segment(11, 'b'), 10);
        keep(quarantine, segment(21, 'c'), 10);
        assertThat(seqnos(quarantine.list())).containsExactly(1L, 21L);

        keep(quarantine, segment(31, 'd'), 11); // it waits for something else
        assertThat(seqnos(quarantine.list())).containsExactly(21L, 31L);
    }

    @Test
    void ofTwoCopiesTheOlderMayGo() throws IOException {
        Quarantine quarantine = new Quarantine(disk, folder, 2 * BYTES, 10);
        keep(quarantine, segment(1, 'a'), 5);
        keep(quarantine, segment(5, 'b'), 5);
        keep(quarantine, segment(31, 'c'), 5);
        keep(quarantine, segment(41, 'd'), 5);

        assertThat(seqnos(quarantine.list())).containsExactly(5L, 41L);
    }

    @Test
    void aClaimBeyondTheBytesIsNotBelieved() throws IOException {
        Quarantine quarantine = new Quarantine(disk, folder, 2 * BYTES, 10);
        keep(quarantine, new WalSegmentPayload(new WalSegmentId(1, 3, 1), bytes('a'), Long.MAX_VALUE), 11);
        keep(quarantine, new WalSegmentPayload(new WalSegmentId(1, 3, -1), bytes('b'), Long.MAX_VALUE), 11);
        keep(quarantine, segment(21, 'c'), 11);
        keep(quarantine, segment(31, 'd'), 11);

        assertThat(seqnos(quarantine.list())).containsExactly(21L, 31L);
    }

    @Test
    void withoutRoomASegmentIsRecordedWithoutItsBytes() throws IOException {
        Quarantine quarantine = new Quarantine(disk, folder, 2 * BYTES - 1, 10);
        keep(quarantine, segment(1, 'a'), 1);
        KeptSegment second = keep(quarantine, segment(5, 'b'), 1);
        KeptSegment again = keep(quarantine, segment(5, 'b'), 1);

        assertThat(second.bytesKept()).isFalse();
        assertThat(again.count()).isEqualTo(2);
        assertThat(quarantine.read(again)).isEmpty();
        assertThat(files()).hasSize(3).doesNotContain(again.name() + ".seg");
        assertThat(folder.resolve(again.name() + ".txt")).content().contains("bytes kept: no\n");
        assertThat(keep(quarantine, segment(5, 'b'), 14).bytesKept()).isTrue(); // the only copy now
        assertThat(seqnos(quarantine.list())).containsExactly(5L);
    }

    @Test
    void tooLargeASegmentIsRecordedWithoutItsBytesAndDropsNothing() throws IOException {
        Quarantine quarantine = new Quarantine(disk, folder, BYTES, 10);
        keep(quarantine, segment(1, 'a'));
        KeptSegment large = keep(quarantine, large(11));

        assertThat(large.bytesKept()).isFalse();
        assertThat(large.sizeBytes()).isEqualTo(2 * BYTES);
        assertThat(quarantine.list()).hasSize(2);
        assertThat(quarantine.sizeBytes()).isEqualTo(BYTES);
    }

    @Test
    void onlyCopyOfWhatTheLogWaitsForIsKeptWhateverItsSize() throws IOException {
        Quarantine quarantine = new Quarantine(disk, folder, BYTES, 10);
        keep(quarantine, segment(1, 'a'));
        keep(quarantine, large(11), 30);

        assertThat(seqnos(quarantine.list())).containsExactly(11L);
        assertThat(quarantine.sizeBytes()).isEqualTo(2 * BYTES);

        assertThat(keep(quarantine, segment(41, 'c'), 30).bytesKept()).isFalse();
        assertThat(keep(quarantine, segment(41, 'c'), 31).bytesKept()).isTrue(); // nobody waits for the large one
        assertThat(quarantine.sizeBytes()).isEqualTo(BYTES);
    }

    @Test
    void segmentWithoutBytesIsRecorded() throws IOException {
        KeptSegment kept = keep(roomy(), empty(1));

        assertThat(kept.bytesKept()).isFalse();
        assertThat(files()).containsExactly(kept.name() + ".txt");
        assertThat(keep(roomy(), empty(1)).count()).isEqualTo(2);
        assertThat(roomy().read(kept)).isEmpty();
    }

    @Test
    void smallerLimitsHoldFromTheNextKeepOn() throws IOException {
        for (int i = 0; i < 5; i++) {
            keep(roomy(), segment(1, (char) ('a' + i)), 1);
        }
        Quarantine smaller = new Quarantine(disk, folder, BYTES, 2);
        keep(smaller, segment(1, 'a'), 1);

        assertThat(smaller.list()).hasSize(1).allMatch(kept -> kept.count() == 2);
    }

    @Test
    void droppedIsGone() throws IOException {
        Quarantine quarantine = roomy();
        KeptSegment one = keep(quarantine, segment(1, 'a'), 1);
        KeptSegment other = keep(quarantine, segment(11, 'b'), 1);

        quarantine.drop(one);
        quarantine.drop(one);

        assertThat(quarantine.read(one)).isEmpty();
        assertThat(quarantine.list()).containsExactly(other);
        assertThat(roomy().list()).containsExactly(other);
        assertThat(files()).hasSize(2);
    }

    @Test
    void everythingButTheYoungestCopyIsDroppedForAFullDisk() throws IOException {
        Quarantine quarantine = roomy();
        keep(quarantine, segment(1, 'a'), 1);
        keep(quarantine, segment(2, 'b'), 1);
        keep(quarantine, segment(31, 'c'), 1);
        keep(quarantine, empty(5), 1);

        assertThat(quarantine.dropAllBut(5)).isEqualTo(2 * BYTES);
        assertThat(seqnos(quarantine.list())).containsExactly(2L);
        assertThat(files()).hasSize(2);
        assertThat(quarantine.dropAllBut(5)).isZero();
        assertThat(quarantine.dropAllBut(50)).isEqualTo(BYTES);
    }

    @Test
    void onAFullDiskTheOldestMakesRoom() throws IOException {
        Quarantine quarantine = roomy();
        keep(quarantine, segment(1, 'a'), 1);
        keep(quarantine, segment(11, 'b'), 1);
        keep(quarantine, segment(21, 'c'), 1);
        disk.room(used() + BYTES);

        keep(quarantine, segment(31, 'd'), 1); // room for the bytes, but not for the text

        assertThat(seqnos(quarantine.list())).containsExactly(1L, 21L, 31L);
        assertThat(files()).hasSize(6);
        assertThat(roomy().list()).isEqualTo(quarantine.list());
    }

    @Test
    void onAFullDiskNothingIsLeftOfWhatCannotBeKept() throws IOException {
        Quarantine quarantine = roomy();
        keep(quarantine, segment(1, 'a'), 1);
        List<String> before = files();
        disk.room(used() + BYTES);

        assertThatThrownBy(() -> keep(quarantine, segment(31, 'd'), 1)).isInstanceOf(DiskFullException.class);

        assertThat(files()).isEqualTo(before);
        assertThat(seqnos(quarantine.list())).containsExactly(1L);
        disk.room(Long.MAX_VALUE);
        assertThat(keep(quarantine, segment(31, 'd'), 1).count()).isEqualTo(1);
    }

    @Test
    void damagedBytesAreNotGivenBack() throws IOException {
        KeptSegment kept = keep(roomy(), segment(1, 'a'));
        Path file = folder.resolve(kept.name() + ".seg");
        byte[] bytes = bytes('a');
        bytes[17] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> roomy().read(kept))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(file.toString(), "expected BLAKE3 " + kept.blake3(), "drop it");

        Files.write(file, new byte[3]);
        assertThatThrownBy(() -> Quarantine.read(disk, folder, kept))
                .hasMessageContaining("expected bytes 210, found 3");
    }

    @Test
    void whatACrashLeftIsShownAndThenTakenAway() throws IOException {
        KeptSegment whole = keep(roomy(), segment(1, 'a'));
        KeptSegment noText = keep(roomy(), segment(11, 'b'));
        KeptSegment noBytes = keep(roomy(), segment(21, 'c'));
        KeptSegment tornBytes = keep(roomy(), segment(31, 'd'));
        KeptSegment tornText = keep(roomy(), segment(41, 'e'));
        Files.delete(folder.resolve(noText.name() + ".txt"));
        Files.delete(folder.resolve(noBytes.name() + ".seg"));
        Files.write(folder.resolve(tornBytes.name() + ".seg"), new byte[5]);
        Files.write(folder.resolve(tornText.name() + ".txt"), new byte[100]);
        Files.write(folder.resolve(whole.name() + ".txt.tmp"), new byte[5]);
        Files.writeString(folder.resolve("notes.txt"), "an operator's");

        QuarantineListing listing = Quarantine.list(disk, folder);
        assertThat(listing.kept()).containsExactly(whole, noBytes.withBytes(false), tornBytes.withBytes(false));
        assertThat(listing.damaged())
                .containsExactly(
                        noText.name() + ".seg",
                        tornBytes.name() + ".seg",
                        tornText.name() + ".seg",
                        tornText.name() + ".txt");
        assertThat(files()).hasSize(10);

        Quarantine quarantine = roomy();
        assertThat(quarantine.list()).isEqualTo(listing.kept());
        assertThat(files())
                .containsExactly(
                        whole.name() + ".seg",
                        whole.name() + ".txt",
                        noBytes.name() + ".txt",
                        tornBytes.name() + ".txt",
                        "notes.txt");
        KeptSegment again = keep(quarantine, segment(21, 'c'));
        assertThat(again.bytesKept()).isTrue();
        assertThat(again.count()).isEqualTo(2);
    }

    @Test
    void everyTornTextIsSeenToBeOne() throws IOException {
        KeptSegment kept = keep(roomy(), segment(1, 'a'));
        Path text = folder.resolve(kept.name() + ".txt");
        byte[] whole = Files.readAllBytes(text);
        for (int length = 0; length < whole.length; length++) {
            Files.write(text, Arrays.copyOf(whole, length));
            assertThat(Quarantine.list(disk, folder).kept())
                    .as("%d bytes", length)
                    .isEmpty();
            Files.write(text, Arrays.copyOf(Arrays.copyOf(whole, length), whole.length));
            assertThat(Quarantine.list(disk, folder).kept())
                    .as("%d bytes and zeros", length)
                    .isEmpty();
        }
    }

    @Test
    void whatTheDiskDoesNotGiveIsLeftAlone() throws IOException {
        keep(roomy(), segment(1, 'a'));
        KeptSegment other = keep(roomy(), segment(11, 'b'));
        Quarantine quarantine = roomy();
        disk.failAfter(2, false); // listing, opening, then reading the first text

        assertThat(quarantine.list()).containsExactly(other);

        assertThat(files()).hasSize(4);
        assertThat(roomy().list()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereverAnOperationFailsTheRestIsSound(boolean crash) throws IOException {
        boolean failed = true;
        for (int sound = 0; failed; sound++) {
            Quarantine quarantine = new Quarantine(disk, folder, 3 * BYTES, 3);
            quarantine.dropAllBut(NOTHING_KEPT);
            KeptSegment waitedFor = keep(quarantine, segment(1, 'a'), 1);
            keep(quarantine, segment(11, 'b'), 1);
            disk.failAfter(sound, crash);
            try {
                keep(quarantine, segment(11, 'b'), 1);
                keep(quarantine, segment(21, 'c'), 1);
                keep(quarantine, segment(31, 'd'), 1);
                quarantine.drop(keep(quarantine, segment(31, 'd'), 1));
            } catch (IOException e) {
                assertThat(e).hasMessage("Input/output error");
            }
            failed = disk.failed();
            disk.failAfter(Integer.MAX_VALUE, false);

            List<KeptSegment> kept = crash ? roomy().list() : quarantine.list();

            assertThat(kept).as("failed after %d operations", sound).contains(waitedFor);
            assertThat(Quarantine.list(disk, folder)).isEqualTo(new QuarantineListing(kept, List.of()));
            assertThat(files()).hasSize((int)
                    (kept.size() + kept.stream().filter(KeptSegment::bytesKept).count()));
            for (KeptSegment one : kept) {
                assertThat(quarantine.read(one).isPresent()).isEqualTo(one.bytesKept());
            }
        }
    }

    @Test
    void whatVanishesWhileItIsListedWasNotThere() throws IOException {
        Quarantine quarantine = roomy();
        KeptSegment one = keep(quarantine, segment(1, 'a'));
        KeptSegment other = keep(quarantine, segment(11, 'b'));
        disk.afterListing(() -> quarantine.drop(one));

        assertThat(Quarantine.list(disk, folder)).isEqualTo(new QuarantineListing(List.of(other), List.of()));
        assertThat(Quarantine.read(disk, folder, one)).isEmpty();
    }

    @Test
    void onAFullDiskCountingMakesRoomToo() throws IOException {
        Quarantine quarantine = roomy();
        keep(quarantine, segment(1, 'a'));
        keep(quarantine, segment(11, 'b'));
        disk.room(used());

        assertThat(keep(quarantine, segment(1, 'a')).count()).isEqualTo(2);
        assertThat(seqnos(quarantine.list())).containsExactly(1L);
    }

    @Test
    void limitsThatCannotHoldAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Quarantine(disk, folder, -1, 2))
                .withMessageContaining("maxBytes -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Quarantine(disk, folder, 0, 1))
                .withMessageContaining("maxEntries 1");
    }

    private Quarantine roomy() {
        return new Quarantine(disk, folder, 1000 * BYTES, 1000);
    }

    private KeptSegment keep(Quarantine quarantine, WalSegmentPayload segment) throws IOException {
        return keep(quarantine, segment, NOTHING_KEPT);
    }

    private KeptSegment keep(Quarantine quarantine, WalSegmentPayload segment, long waitingFor) throws IOException {
        return quarantine.keep(segment, "corrupt", now(), waitingFor);
    }

    private Instant now() {
        return Instant.parse("2026-03-01T10:00:00Z").plusSeconds(60L * minutes++);
    }

    private static WalSegmentPayload segment(long seqno, char fill) {
        return new WalSegmentPayload(new WalSegmentId(1, 3, seqno), bytes(fill), EVENTS);
    }

    private static WalSegmentPayload large(long seqno) {
        return new WalSegmentPayload(new WalSegmentId(1, 3, seqno), new byte[2 * BYTES], 2 * EVENTS);
    }

    private static WalSegmentPayload empty(long seqno) {
        return new WalSegmentPayload(new WalSegmentId(1, 3, seqno), new byte[0], EVENTS);
    }

    private static byte[] bytes(char fill) {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, (byte) fill);
        return bytes;
    }

    private static List<Long> seqnos(List<KeptSegment> kept) {
        return kept.stream().map(one -> one.segment().seqno()).toList();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private long used() throws IOException {
        long used = 0;
        for (String name : files()) {
            used += Files.size(folder.resolve(name));
        }
        return used;
    }
}
