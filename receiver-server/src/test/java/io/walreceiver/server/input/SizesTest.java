package io.walreceiver.server.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1B, 1",
        "64KiB, 65536",
        "1.5MiB, 1572864",
        "2GiB, 2147483648",
        "1kB, 1000",
        "64MB, 64000000",
        "1TB, 1000000000000"
    })
    void aSizeHasAUnit(String text, long bytes) {
        assertThat(Sizes.parse(text)).contains(bytes);
        assertThat(Sizes.parse(Sizes.text(bytes))).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "MiB", "-1B", "1 MiB", "1mib", "0.3B", "99999999999TiB", "1.MiB"})
    void whatIsNone(String text) {
        assertThat(Sizes.parse(text)).isEmpty();
    }

    @Test
    void itIsShownInTheLargestUnitThatIsExact() {
        assertThat(Sizes.text(64 << 20)).isEqualTo("64MiB");
        assertThat(Sizes.text((64 << 20) + 1)).isEqualTo("67108865B");
    }
}
