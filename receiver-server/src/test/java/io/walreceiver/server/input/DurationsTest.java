package io.walreceiver.server.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "90m, PT90M",
        "12h, PT12H",
        "7d, PT168H",
        "1d12h, PT36H",
        "2w, PT336H",
        "1s5ms, PT1.005S",
        "PT36H, PT36H"
    })
    void reads(String text, Duration expected) {
        assertThat(Durations.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "d", "7 d", "7d ", "1.5h", "-7d", "7x", "Px", "999999999999999999w", "7d12"})
    void refuses(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @Test
    void csvFieldsMayBeQuoted() {
        assertThat(Csv.fields("a,,\"b,\"\"c\"\"\",")).containsExactly("a", "", "b,\"c\"", "");
        assertThat(Csv.fields("")).containsExactly("");
    }
}
