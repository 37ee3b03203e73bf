package io.walreceiver.server.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FileVerifierTest {

    private static final Path INTACT = Path.of(System.getProperty("vectors"), "verdicts", "ok-single-event.seg");
    private static final EventRules RULES =
            new EventRules(SignalSchema.of(SignalType.permanent(0, "any")), EventRules.DEFAULT_MAX_EVENT_LEAD);
    private static final BatchHasher BROKEN = (segment, headers, payloads, from, to, out) -> Arrays.fill(out, (byte) 1);

    @Test
    void disagreementOfTheTwoImplementationsIsLoud() {
        FileVerdict verdict = new FileVerifier(BROKEN, BatchHasher.commonsCodec(), RULES).verify(FileCheck.of(INTACT));

        assertThat(verdict.checksumsDisputed()).isTrue();
        assertThat(verdict.verdict()).isEqualTo(Verdict.CORRUPT);
        assertThat(verdict.reason()).contains("A SECOND IMPLEMENTATION");
    }

    @Test
    void agreementIsNoDispute() {
        FileVerdict verdict = new FileVerifier(BROKEN, BROKEN, RULES).verify(FileCheck.of(INTACT));

        assertThat(verdict.checksumsDisputed()).isFalse();
        assertThat(verdict.verdict()).isEqualTo(Verdict.CORRUPT);
    }
}
