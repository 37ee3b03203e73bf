package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShellTest {

    @Test
    void argumentsAreQuotedWhereTheyNeedIt() {
        assertThat(Shell.quote("a/b-c_1.seg")).isEqualTo("a/b-c_1.seg");
        assertThat(Shell.quote("a b")).isEqualTo("'a b'");
        assertThat(Shell.quote("it's")).isEqualTo("'it'\\''s'");
        assertThat(Shell.quote("")).isEqualTo("''");
    }
}
