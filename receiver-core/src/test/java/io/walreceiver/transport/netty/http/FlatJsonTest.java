package io.walreceiver.transport.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlatJsonTest {

    @Test
    void whatIsWrittenIsWellFormed() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("a\"b\\", "line\nbreak\u0001 \u007f é \uD83D\uDE00 \uD800");
        members.put("n", Long.MIN_VALUE);
        assertThat(FlatJson.write(members))
                .isEqualTo("{\"a\\\"b\\\\\":\"line\\u000abreak\\u0001 \\u007f é \\ud83d\\ude00 \\ud800\","
                        + "\"n\":-9223372036854775808}");
        assertThat(FlatJson.read(FlatJson.write(members))).isEqualTo(members);
        assertThat(FlatJson.write(Map.of())).isEqualTo("{}");
    }

    @Test
    void whatIsReadMayHaveSpaceAndAnyEscape() {
        assertThat(FlatJson.read(" {\t\"a\" :\r\n 0 , \"b\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\" } "))
                .isEqualTo(Map.of("a", 0L, "b", "\"\\/\b\f\n\r\té"));
        assertThat(FlatJson.read("{ }")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                  | 0  | '{'",
                "[]                  | 0  | '{'",
                "{                   | 1  | '\"'",
                "{\"a\"              | 4  | ':'",
                "{\"a\":}            | 5  | a string or an integer",
                "{\"a\":1            | 6  | '}'",
                "{\"a\":1,}          | 7  | '\"'",
                "{\"a\":1}x          | 7  | the end",
                "{\"a\":1.5}         | 6  | '}'",
                "{\"a\":01}          | 5  | a string or an integer",
                "{\"a\":-}           | 5  | a string or an integer",
                "{\"a\":9223372036854775808} | 5 | an integer of 64 bits",
                "{\"a\":1,\"a\":2}   | 7  | a member that was not given before",
                "{\"a\":\"\\x\"}     | 7  | an escape",
                "{\"a\":\"\\u12g4\"} | 10 | four hexadecimal digits",
                "{\"a\":\"b          | 7  | the end of a string",
                "{\"a\":{}}          | 5  | a string or an integer",
                "{\"a\":null}        | 5  | a string or an integer",
            })
    void whatIsWrongIsNamedWithItsPlace(String text, int at, String expected) {
        assertThatThrownBy(() -> FlatJson.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("character " + at + ": expected " + expected);
    }

    @Test
    void anyTextIsReadOrRefused() {
        long seed = Long.getLong("json.seed", System.nanoTime());
        System.out.println("flat JSON: seed " + seed);
        Random random = new Random(seed);
        String alphabet = "{}[]\",:\\u0019ae-. \n";
        for (int run = 0; run < 20_000; run++) {
            StringBuilder text = new StringBuilder("{\"a\":1}");
            for (int change = random.nextInt(6); change >= 0; change--) {
                text.insert(random.nextInt(text.length() + 1), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                Map<String, Object> read = FlatJson.read(text.toString());
                assertThat(FlatJson.read(FlatJson.write(read)))
                        .as("seed %s", seed)
                        .isEqualTo(read);
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %s", seed).hasMessageStartingWith("JSON, character ");
            }
        }
    }
}
