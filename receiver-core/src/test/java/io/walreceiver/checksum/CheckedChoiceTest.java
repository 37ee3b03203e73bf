package io.walreceiver.checksum;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CheckedChoiceTest {

    private static final BatchHasher REFERENCE = BatchHasher.bouncyCastle();

    private final Logger log = (Logger) LoggerFactory.getLogger(CheckedChoice.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        log.addAppender(logged);
        log.setLevel(Level.TRACE);
        log.setAdditive(false);
    }

    @AfterEach
    void listenNoMore() {
        log.detachAppender(logged);
        log.setLevel(null);
        log.setAdditive(true);
    }

    @Test
    void lanesAreTheFastest() {
        assertThat(BatchHasher.fastest()).isInstanceOf(LaneHasher.class).isSameAs(BatchHasher.fastest());
    }

    @Test
    void aHasherThatAgreesIsChosen() {
        assertThat(CheckedChoice.of(BatchHasher.commonsCodec(), REFERENCE)).isSameAs(BatchHasher.commonsCodec());
        assertThat(logged.list).isEmpty();
    }

    @Test
    void oneWrongBitAnywhereMakesItTheReference() {
        for (int batch = 0; batch < 25; batch++) {
            int wrong = batch;
            BatchHasher candidate = (segment, headers, payloads, from, to, out) -> {
                REFERENCE.hash(segment, headers, payloads, from, to, out);
                if (from <= wrong && wrong < to && to - from > 1) {
                    out[(wrong - from) * 32 + wrong] ^= 4;
                }
            };
            assertThat(CheckedChoice.of(candidate, REFERENCE)).isSameAs(REFERENCE);
        }
        assertThat(logged.list).hasSize(25).allSatisfy(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage()).contains("does not agree with BLAKE3 by BouncyCastle");
        });
    }

    @Test
    void beingWrongOnSmallGroupsOnlyIsFoundToo() {
        BatchHasher candidate = (segment, headers, payloads, from, to, out) -> {
            REFERENCE.hash(segment, headers, payloads, from, to, out);
            if (to - from == 1 && payloads[from] == 2017) {
                out[31]++;
            }
        };
        assertThat(CheckedChoice.of(candidate, REFERENCE)).isSameAs(REFERENCE);
    }

    @Test
    void aHasherThatFailsIsNotChosen() {
        BatchHasher candidate = (segment, headers, payloads, from, to, out) -> {
            throw new IllegalStateException("no such instruction");
        };

        assertThat(CheckedChoice.of(candidate, REFERENCE)).isSameAs(REFERENCE);

        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getThrowableProxy().getMessage()).isEqualTo("no such instruction");
        });
    }
}
