package io.walreceiver.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.Corruption;
import io.walreceiver.format.InvalidEvent;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.VerdictVectors;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole check, structure to events, against the verdicts of an independent program. */
class VerdictsTest {

    private final EventRules rules = new EventRules(VerdictVectors.SCHEMA, EventRules.DEFAULT_MAX_EVENT_LEAD);

    static List<VerdictVectors.Row> rows() throws IOException {
        return VerdictVectors.rows();
    }

    @Test
    void everyRowOfTheManifestIsThere() throws IOException {
        assertThat(rows()).hasSize(39);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void verdictIsAsListed(VerdictVectors.Row row) {
        for (BatchHasher hasher : List.of(BatchHasher.bouncyCastle(), BatchHasher.commonsCodec())) {
            Optional<SegmentFault> fault = fault(hasher, row);
            switch (row.verdict()) {
                case "ok" -> assertThat(fault).isEmpty();
                case "corrupt" -> assertThat(fault).containsInstanceOf(Corruption.class);
                case "invalid-event" -> assertThat(fault).containsInstanceOf(InvalidEvent.class);
                default -> throw new AssertionError("unknown verdict " + row.verdict());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            corrupt-payload-bit       | 2 |  580 | checksum            | 6a3d9a76ba6cbb85 | 474a9375e23dd2d0
            corrupt-last-byte         | 4 | 1128 | checksum            | 08568c837085fea2 | a84b9d06c32a905f2
            corrupt-hash-bit          | 4 | 1128 | checksum            | a84b9d06c32a905f2 | a84b9d06c32a905f3
            corrupt-first-seq-bit     | 1 |  282 | first_seq           | 1011, which follows batch 0 | 995
            corrupt-magic             | 3 |  822 | magic               | "TIDL" | "DIDL"
            corrupt-garbage           | 0 |    0 | magic               | "TIDL" | bytes 00 9e 3c da
            corrupt-length-bit        | 0 |   24 | payload_len         | 210 bytes for an event_count of 10 | 211
            corrupt-length-huge       | 0 |   24 | payload_len         | 210 bytes for an event_count of 10 | 4294967295
            corrupt-count-vs-length   | 0 |   24 | payload_len         | 189 bytes for an event_count of 9 | 210
            corrupt-truncated-header  | 4 | 1096 | header              | 64 bytes | the end of the segment after 20
            corrupt-truncated-payload | 4 | 1160 | payload             | 210 bytes | the end of the segment after 205
            corrupt-trailing-bytes    | 5 | 1370 | header              | 64 bytes | the end of the segment after 13
            corrupt-empty             | 0 |    0 | length              | one batch or more | no bytes at all
            corrupt-claimed-count     | 4 | 1370 | claimed event count | 49 events as the sender claims | 50 in 5 batches
            corrupt-seqno             | 0 |    8 | first_seq           | 1000 as the segment's id says | 1001
            corrupt-version           | 0 |    4 | version             | 1 or 2 | 3
            corrupt-zero-events       | 5 | 1376 | event_count         | 1..65535 | 0
            corrupt-sequence-hole     | 2 |  556 | first_seq           | 1021, which follows batch 1 | 1022
            corrupt-sequence-overlap  | 2 |  556 | first_seq           | 1021, which follows batch 1 | 1020
            corrupt-batches-swapped   | 0 |    8 | first_seq           | 1001 as the segment's id says | 1011
            corrupt-other-shard       | 0 |   28 | shard_id            | 3 as the segment's id says | 4
            corrupt-other-region      | 0 |   30 | region_id           | 2 as the segment's id says | 9
            corrupt-sequence-wraps    | 0 |    8 | first_seq           | 1..9223372036854775798 for 10 events | 18446744073709551612
            corrupt-sequence-limit    | 0 |    8 | first_seq           | 1..9223372036854775798 for 10 events | 9223372036854775803
            corrupt-sequence-zero     | 0 |    8 | first_seq           | 1..9223372036854775798 for 10 events | 0
            corrupt-v1-identity       | 0 |   28 | shard_id            | 0 in a version 1 header | 3
            invalid-event-lead        | 0 |   98 | timestamp_ns        | at most 1767312000000000000, PT24H after its batch | 1767312000000000001 in event 1002
            invalid-far-future        | 0 |   98 | timestamp_ns        | at most 1767312000000000000 | 18446744073709551615 in event 1002
            invalid-unknown-signal    | 0 |   93 | signal_type         | a type of the schema (0, 1, 2, 3) | 200 in event 1002
            invalid-weight-infinite   | 0 |   94 | weight              | a finite number | Infinity in event 1002
            invalid-weight-nan        | 0 |   94 | weight              | a finite number | NaN in event 1002
            """)
    void faultNamesThePlace(String name, int batch, long offset, String field, String expected, String found)
            throws IOException {
        VerdictVectors.Row row = VerdictVectors.row(name + ".seg");

        SegmentFault fault = fault(BatchHasher.bouncyCastle(), row).orElseThrow();

        assertThat(fault.segment()).isEqualTo(row.payload().id());
        assertThat(fault.batchIndex()).isEqualTo(batch);
        assertThat(fault.byteOffset()).isEqualTo(offset);
        assertThat(fault.field()).isEqualTo(field);
        assertThat(fault.expected()).startsWith(expected);
        assertThat(fault.found()).startsWith(found);
    }

    @Test
    void everyFaultOfTheManifestIsInTheTable() throws Exception {
        CsvSource table = VerdictsTest.class
                .getDeclaredMethod(
                        "faultNamesThePlace",
                        String.class,
                        int.class,
                        long.class,
                        String.class,
                        String.class,
                        String.class)
                .getAnnotation(CsvSource.class);
        List<String> named = table.textBlock()
                .lines()
                .map(line -> line.substring(0, line.indexOf('|')).strip() + ".seg")
                .toList();

        assertThat(rows())
                .filteredOn(row -> !row.verdict().equals("ok"))
                .extracting(VerdictVectors.Row::file)
                .containsExactlyInAnyOrderElementsOf(named);
    }

    @Test
    void faultReadsAsOneSentence() throws IOException {
        assertThat(fault(BatchHasher.bouncyCastle(), VerdictVectors.row("corrupt-sequence-hole.seg")))
                .hasToString("Optional[segment 2:3:1001, batch 2, byte 556: first_seq: expected 1021, which follows"
                        + " batch 1, found 1022]");
    }

    private Optional<SegmentFault> fault(BatchHasher hasher, VerdictVectors.Row row) {
        VerificationResult result = new SegmentVerifier(hasher).verify(row.payload());
        if (result instanceof Refused refused) {
            return Optional.of(refused.fault());
        }
        return rules.firstInvalid(((Verified) result).segment()).map(fault -> fault);
    }
}
