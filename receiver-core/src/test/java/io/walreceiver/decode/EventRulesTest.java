package io.walreceiver.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.InvalidEvent;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventRulesTest {

    private static final long TIME = 1_767_225_600_000_000_000L;
    private static final SignalSchema SCHEMA =
            SignalSchema.of(SignalType.permanent(0, "first"), SignalType.permanent(255, "last"));

    private final EventRules rules = new EventRules(SCHEMA, Duration.ofNanos(100));

    @ParameterizedTest
    @ValueSource(floats = {0f, -0f, Float.MIN_VALUE, -Float.MAX_VALUE, Float.MAX_VALUE})
    void anyFiniteWeightIsValid(float weight) {
        assertThat(valid(rules, TIME, 0, weight, TIME)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7FC00000, 0x7F800001, 0xFFFFFFFF, 0x7F800000, 0xFF800000})
    void noOtherWeightIs(int bits) {
        assertThat(valid(rules, TIME, 0, Float.intBitsToFloat(bits), TIME)).isFalse();
    }

    @Test
    void onlyTypesOfTheSchemaAreKnown() {
        for (int type = 0; type < 256; type++) {
            assertThat(valid(rules, TIME, type, 1, TIME)).isEqualTo(type == 0 || type == 255);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 0, true",
        "1000, 1100, true",
        "1000, 1101, false",
        "1000, 9223372036854775807, false",
        "1000, 9223372036854775808, false",
        "1000, 18446744073709551615, false",
        "0, 100, true",
        "0, 101, false",
        "9223372036854775707, 9223372036854775807, true", // the sum is 2^63 - 1
        "9223372036854775706, 9223372036854775807, false",
        "9223372036854775708, 9223372036854775807, true", // the sum passes 2^63
        "9223372036854775708, 9223372036854775808, false",
        "9223372036854775808, 9223372036854775807, true", // the batch's own time does
        "18446744073709551615, 9223372036854775807, true",
        "18446744073709551615, 0, true",
        "18446744073709551615, 9223372036854775808, false",
    })
    void eventTimeIsBoundedByItsBatch(String batchTime, String eventTime, boolean valid) {
        long batch = Long.parseUnsignedLong(batchTime);
        long event = Long.parseUnsignedLong(eventTime);

        assertThat(valid(rules, batch, 0, 1, event)).isEqualTo(valid);
        assertThat(rules.firstInvalid(segment(batch, 0, 1, event)).isEmpty()).isEqualTo(valid);
    }

    @Test
    void leadMayBeNothingOrAsLongAsTimeItself() {
        EventRules none = new EventRules(SCHEMA, Duration.ZERO);
        assertThat(valid(none, TIME, 0, 1, TIME)).isTrue();
        assertThat(valid(none, TIME, 0, 1, TIME + 1)).isFalse();

        EventRules endless = new EventRules(SCHEMA, Duration.ofNanos(Long.MAX_VALUE));
        assertThat(valid(endless, 0, 0, 1, Long.MAX_VALUE)).isTrue();
        assertThat(valid(endless, TIME, 0, 1, Long.MAX_VALUE)).isTrue();
        assertThat(valid(endless, TIME, 0, 1, Long.MIN_VALUE)).isFalse();
    }

    @Test
    void leadOutOfRangeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EventRules(SCHEMA, Duration.ofNanos(-1)))
                .withMessageContaining("0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EventRules(SCHEMA, Duration.ofDays(366 * 300)))
                .withMessageContaining("2^63");
    }

    @Test
    void theFirstInvalidEventIsNamedWithItsPlace() {
        SegmentView segment = SegmentDecoder.decode(new SegmentEncoder(new LogId(1, 2), 2, BatchHasher.bouncyCastle())
                .beginBatch(7, TIME)
                .event(1, 0, 1, TIME)
                .endBatch()
                .beginBatch(8, TIME)
                .event(1, 0, 1, TIME)
                .event(1, 9, Float.NaN, TIME)
                .event(1, 10, 1, TIME)
                .endBatch()
                .finish());

        InvalidEvent fault = rules.firstInvalid(segment).orElseThrow();

        assertThat(fault)
                .hasToString("segment 1:2:7, batch 1, byte 178: signal_type: expected a type of the schema (0, 255),"
                        + " found 9 in event 9");
        assertThat(segment.bytes()[178]).isEqualTo((byte) 9);
    }

    @Test
    void timeFromTheLimitOnIsNamedUnsigned() {
        assertThat(rules.firstInvalid(segment(-1, 0, 1, -1)))
                .get()
                .asString()
                .endsWith("timestamp_ns: expected below 2^63, found 18446744073709551615 in event 1");
    }

    @Test
    void aViewOverLastEventsIsJudgedByTheSameBatchTime() {
        EventBatch batch = segment(TIME, 0, 1, TIME + 100).batch(0);

        assertThat(rules.valid(batch.from(1), 0)).isTrue();
    }

    private static boolean valid(EventRules rules, long batchTime, int type, float weight, long time) {
        return rules.valid(segment(batchTime, type, weight, time).batch(0), 0);
    }

    private static SegmentView segment(long batchTime, int type, float weight, long time) {
        return SegmentDecoder.decode(new SegmentEncoder(new LogId(1, 2), 2, BatchHasher.bouncyCastle())
                .beginBatch(1, batchTime)
                .event(1, type, weight, time)
                .endBatch()
                .finish());
    }
}
