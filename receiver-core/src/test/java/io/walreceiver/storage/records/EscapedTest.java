package io.walreceiver.storage.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscapedTest {

    @Test
    void commonTextStandsForItself() {
        for (String text : new String[] {"", " ", "plain text", "größer 事 \uD83D\uDE00", "'quoted' \"twice\""}) {
            assertThat(Escaped.of(text)).isEqualTo(text);
        }
    }

    @Test
    void whatWouldEndALineIsEscaped() {
        assertThat(Escaped.of("a\nb\r\t\\n\u0085\u2028\u2029\u0000"))
                .isEqualTo("a\\u000ab\\u000d\\u0009\\\\n\\u0085\\u2028\\u2029\\u0000");
    }

    @Test
    void everyCharacterComesBack() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            comesBack("<" + Character.toString(c) + ">");
        }
    }

    @Test
    void anyStringComesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String pieces = "\\u00\n\r aE9\uD83D\uDE00\u2028";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append(
                        random.nextInt(4) == 0
                                ? (char) random.nextInt(0x10000)
                                : pieces.charAt(random.nextInt(pieces.length())));
            }
            assertThat(Escaped.parse(throughUtf8(Escaped.of(text.toString()))))
                    .as("seed %d", seed)
                    .isEqualTo(text.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\", "a\\", "\\n", "\\u", "\\u000", "\\u00zz", "\\u+041", "\\\\\\"})
    void aBackslashThatEscapesNothingIsRefused(String text) {
        assertThatThrownBy(() -> Escaped.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void comesBack(String text) {
        String escaped = Escaped.of(text);
        if (escaped.lines().count() != 1 || !Escaped.parse(throughUtf8(escaped)).equals(text)) {
            throw new AssertionError("'" + text + "' became '" + escaped + "'");
        }
    }

    private static String throughUtf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
