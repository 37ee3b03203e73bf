package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.Retention.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final Instant SEALED = Instant.parse("2026-03-01T10:00:00Z");
    private static final Candidate FILE = new Candidate(LOG, 100, SEALED, 5000);

    @Test
    void noneKeepsNothing() {
        assertThat(Retention.none().keeps(FILE, SEALED)).isFalse();
    }

    @Test
    void fileStaysUntilItIsOld() {
        Retention retention = Retention.forTime(Duration.ofHours(1));

        assertThat(retention.keeps(FILE, SEALED.plusSeconds(3599))).isTrue();
        assertThat(retention.keeps(FILE, SEALED.plusSeconds(3600))).isFalse();
        assertThat(retention.keeps(FILE, SEALED.minusSeconds(10_000))).isTrue(); // the clock was set back
        assertThat(Retention.forTime(Duration.ZERO).keeps(FILE, SEALED)).isFalse();
        assertThat(Retention.forTime(Duration.ofSeconds(Long.MAX_VALUE)).keeps(FILE, Instant.MAX))
                .isTrue();
    }

    @Test
    void fileGoesWhenThoseAfterItSuffice() {
        assertThat(Retention.forBytes(5001).keeps(FILE, SEALED)).isTrue();
        assertThat(Retention.forBytes(5000).keeps(FILE, SEALED)).isFalse();
        assertThat(Retention.forBytes(0).keeps(new Candidate(LOG, 1, SEALED, 0), SEALED))
                .isFalse();
    }

    @Test
    void fileStaysUntilTheSlowestReaderHasItAll() {
        assertThat(readers(99).keeps(FILE, SEALED)).isTrue();
        assertThat(readers(100).keeps(FILE, SEALED)).isFalse();
        assertThat(readers(0).keeps(FILE, SEALED)).isTrue();
        assertThat(readers(0).keeps(new Candidate(new LogId(1, 4), 100, SEALED, 5000), SEALED))
                .as("a log without readers")
                .isFalse();
    }

    @Test
    void fileStaysIfOneOfTwoSaysSo() {
        Retention yes = (file, now) -> true;

        assertThat(yes.or(Retention.none()).keeps(FILE, SEALED)).isTrue();
        assertThat(Retention.none().or(yes).keeps(FILE, SEALED)).isTrue();
        assertThat(Retention.none().or(Retention.none()).keeps(FILE, SEALED)).isFalse();
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Retention.forTime(Duration.ofNanos(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> Retention.forBytes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Candidate(LOG, 0, SEALED, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Candidate(LOG, 1, SEALED, -1));
    }

    private static Retention readers(long slowest) {
        Map<LogId, Long> positions = Map.of(LOG, slowest);
        return Retention.forReaders(
                log -> positions.containsKey(log) ? OptionalLong.of(positions.get(log)) : OptionalLong.empty());
    }
}
