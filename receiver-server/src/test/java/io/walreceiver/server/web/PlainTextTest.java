package io.walreceiver.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {

    @Test
    void whatDoesMoreThanShowIsReplaced() {
        assertThat(PlainText.sentence("a\nb\u0000c\u001b[31m\u202Ed\uD800e\u2028f"))
                .isEqualTo("a?b?c?[31m?d?e?f");
        assertThat(PlainText.sentence("<img onerror=x> é 你 \uD83D\uDE00"))
                .isEqualTo("<img onerror=x> é 你 \uD83D\uDE00");
    }

    @Test
    void itIsBounded() {
        assertThat(PlainText.word("x".repeat(100))).hasSize(100);
        assertThat(PlainText.word("x".repeat(101))).isEqualTo("x".repeat(100) + "...");
        assertThat(PlainText.sentence("x".repeat(100_000))).hasSize(1_003);
        assertThat(PlainText.word("\uD83D\uDE00".repeat(1_000))).hasSizeLessThan(110);
    }

    @Test
    void namesOfOtherScriptsStayWhatTheyAre() {
        assertThat(PlainText.name("größe 東京 🙂")).isEqualTo("größe 東京 🙂");
        assertThat(PlainText.name("x".repeat(300))).isEqualTo("x".repeat(PlainText.MAX_NAME) + "...");
    }
}
