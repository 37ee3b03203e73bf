package io.walreceiver.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void figuresAreReadable() {
        assertThat(Figures.counted(66_210, "event")).isEqualTo("66,210 events");
        assertThat(Figures.counted(1, "log")).isEqualTo("1 log");
        assertThat(Figures.bytes(999)).isEqualTo("999 bytes");
        assertThat(Figures.bytes(1_400_000)).isEqualTo("1.4 MB");
        assertThat(Figures.bytes(999_960)).isEqualTo("1.0 MB");
        assertThat(Figures.seconds(0.421)).isEqualTo("0.42 s");
        assertThat(Figures.seconds(200)).isEqualTo("3 min 20 s");
        assertThat(Figures.duration(Duration.ofHours(36))).isEqualTo("1d12h");
        assertThat(Figures.instant(-1)).isEqualTo("2554-07-21T23:34:33.709551615Z");
        assertThat(Figures.date(1_767_960_000_000_000_001L)).isEqualTo("2026-01-09 12:00:00 UTC");
        assertThat(Figures.score(1.2345e-25)).isEqualTo("1.23e-25");
        assertThat(Figures.score(-365.21)).isEqualTo("-365.2");
        assertThat(Figures.score(12345.6)).isEqualTo("12,346");
    }

    @Test
    void barsAreDrawnInEighths() {
        assertThat(Bar.of(10, 10, 4)).isEqualTo("████");
        assertThat(Bar.of(5, 10, 4)).isEqualTo("██");
        assertThat(Bar.of(1, 1000, 4)).isEqualTo("▏");
        assertThat(Bar.of(9, 16, 2)).isEqualTo("█▏");
        assertThat(Bar.of(0, 10, 4)).isEmpty();
        assertThat(Bar.of(-1, 10, 4)).isEmpty();
        assertThat(Bar.of(Double.NaN, 10, 4)).isEmpty();
    }
}
