package io.walreceiver.transport.netty.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walreceiver.format.LogId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentitiesFileTest {

    private static final String TOKEN = "pZ0fK3Qm8sT1vX5yB7dE9g";

    @TempDir
    private Path directory;

    @Test
    void oneLineAnIdentity() throws IOException {
        Files.createDirectories(directory.resolve("tokens"));
        Files.writeString(directory.resolve("tokens/edge"), TOKEN + "\n");
        String operator = Sha256.hex("anotherTokenOf22Charact".getBytes(StandardCharsets.US_ASCII));

        Identities identities = read(
                "# identity  how  what",
                "",
                "leader-1  san=Leader-1.example.org san=spiffe://here/Leader write=1:* read=*",
                "edge\ttoken-file=tokens/edge   read=1:3,1:4 read=2:* # a comment",
                "operator token-sha256=" + operator + " admin read=*");

        Identity leader = identities.bySubjectName().get("leader-1.example.org");
        assertThat(identities.bySubjectName().get("spiffe://here/Leader")).isEqualTo(leader);
        assertThat(leader.mayWrite().test(new LogId(1, 65535))).isTrue();
        assertThat(leader.mayWrite().test(new LogId(2, 0))).isFalse();
        assertThat(leader.mayRead().test(new LogId(9, 9))).isTrue();
        assertThat(leader.admin()).isFalse();
        Identity edge = byToken(identities, TOKEN).orElseThrow();
        assertThat(edge.name()).isEqualTo("edge");
        assertThat(edge.mayRead().test(new LogId(1, 4))).isTrue();
        assertThat(edge.mayRead().test(new LogId(1, 5))).isFalse();
        assertThat(edge.mayRead().test(new LogId(2, 5))).isTrue();
        assertThat(edge.mayWrite().test(new LogId(1, 3))).isFalse();
        assertThat(byToken(identities, "anotherTokenOf22Charact").orElseThrow().admin())
                .isTrue();
        assertThat(byToken(identities, TOKEN + "x")).isEmpty();
        assertThat(byToken(identities, "")).isEmpty();
        assertThat(byToken(identities, "x".repeat(Token.MAX_BYTES + 1))).isEmpty();
    }

    @Test
    void allMistakesAreToldAtOnce() throws IOException {
        SecurityFileException mistakes = mistakes(
                "a san=a.example.org read=*",
                "a san=b.example.org read=*",
                "c read=*",
                "d san=d.example.org",
                "e san=A.example.org read=*",
                "f san=f.example.org read=1-3",
                "g san=*.example.org read=*",
                "h token-file=missing read=*");

        assertThat(mistakes.problems())
                .hasSize(7)
                .anySatisfy(problem -> assertThat(problem).startsWith("line 2:").contains("on line 1 already"))
                .anySatisfy(problem -> assertThat(problem).startsWith("line 3:").contains("how c is known"))
                .anySatisfy(problem -> assertThat(problem).startsWith("line 4:").contains("what d may do"))
                .anySatisfy(problem -> assertThat(problem).startsWith("line 5:").contains("on line 1 already"))
                .anySatisfy(problem -> assertThat(problem).startsWith("line 6:").contains("'1-3' names no logs"))
                .anySatisfy(problem -> assertThat(problem).startsWith("line 7:").contains("compared whole"))
                .anySatisfy(problem -> assertThat(problem).startsWith("line 8:").contains("there is no such file"));
        assertThat(mistakes).hasMessageContaining("identities.txt: line 2").hasMessageContaining("correct it");
    }

    @ParameterizedTest
    @CsvSource({
        "a token-sha256=%s read=*, expected 64 hexadecimal digits",
        "a token=%s read=*, word 2 is none of",
        "a %s read=*, word 2 is none of",
        "%s!, the first word is no name",
        "a admin=%s, word 2 is none of",
    })
    void aTokenInTheWrongPlaceIsNotQuoted(String line, String expected) throws IOException {
        assertThat(mistakes(String.format(line, TOKEN)))
                .hasMessageContaining(expected)
                .hasMessageNotContaining(TOKEN.substring(0, 8));
    }

    @Test
    void theSameTokenTwiceIsAMistake() throws IOException {
        Files.writeString(directory.resolve("token"), TOKEN);
        String digest = Sha256.hex(TOKEN.getBytes(StandardCharsets.US_ASCII));

        assertThat(mistakes("a token-file=token read=*", "b token-sha256=" + digest + " read=*"))
                .hasMessageContaining("line 2: the same token is on line 1 already");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "short",
                "21characters-exactly-",
                "0123456789abcdef0123456789abcde",
                "two words which are long enough",
                "two-lines-of-text-that\nare-long-enough-for-it"
            })
    void aWeakTokenIsRefused(String token) throws IOException {
        Files.writeString(directory.resolve("token"), token);

        SecurityFileException refused = mistakes("a token-file=token read=*");

        assertThat(refused).hasMessageContaining("line 1: token-file=token: ").hasMessageContaining("openssl rand");
        if (token.length() > 10) {
            assertThat(refused).hasMessageNotContaining(token.substring(0, 10));
        }
    }

    @Test
    void theShortestTokensThatAreStrongEnoughPass() throws IOException {
        Files.writeString(directory.resolve("base64"), "abcdefghijklmnopqrstuv");
        Files.writeString(directory.resolve("hex"), "0123456789abcdef0123456789ABCDEF\r\n");

        assertThat(read("a token-file=base64 read=*", "b token-file=hex read=*").byToken())
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1", "1:", ":1", "1:x", "65536:0", "*:1", "1:**", "1:3,", "-1:*"})
    void whatNamesNoLogsIsAMistake(String pattern) throws IOException {
        assertThat(mistakes("a san=a read=" + pattern)).hasMessageContaining("line 1: read=:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.1", "::1", "a b", "spiffe:", "a.example.org,b.example.org", "ä.example.org"})
    void whatIsNoNameIsAMistake(String name) throws IOException {
        assertThat(mistakes("a san=" + name + " read=*")).hasMessageContaining("line 1: ");
    }

    @Test
    void anEmptyListIsRefused() throws IOException {
        assertThat(mistakes("# nobody yet")).hasMessageContaining("lists nobody");
    }

    @Test
    void aTokenThatEverybodyMayReadDeservesAWarning() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), TOKEN);
        Path list = write("a token-file=token read=*");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(IdentitiesFile.read(new FileSnapshot(), list).warnings())
                .singleElement()
                .asString()
                .contains(token.toString(), "chmod");

        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(IdentitiesFile.read(new FileSnapshot(), list).warnings()).isEmpty();
    }

    private SecurityFileException mistakes(String... lines) throws IOException {
        Path list = write(lines);
        return catchThrowableOfType(SecurityFileException.class, () -> IdentitiesFile.read(new FileSnapshot(), list));
    }

    private Identities read(String... lines) throws IOException {
        return IdentitiesFile.read(new FileSnapshot(), write(lines)).value();
    }

    private Path write(String... lines) throws IOException {
        return Files.writeString(directory.resolve("identities.txt"), String.join("\n", lines));
    }

    private static Optional<Identity> byToken(Identities identities, String token) {
        return identities.of(token.getBytes(StandardCharsets.US_ASCII));
    }
}
