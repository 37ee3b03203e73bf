package io.walreceiver.checksum;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Security;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.Blake3;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchHasherTest {

    private static final int MAX_PAYLOAD = 8192;

    static Stream<BatchHasher> hashers() {
        return Stream.of(
                BatchHasher.bouncyCastle(),
                BatchHasher.commonsCodec(),
                new LaneHasher(LaneKernels.loops(), BatchHasher.bouncyCastle()),
                new LaneHasher(LaneKernels.fastest(), BatchHasher.bouncyCastle()));
    }

    /**
     * BLAKE3's own test vectors hash bytes 0, 1, .. 250, 0, 1, ..; those with a length from 32 on fit a batch whose header starts
     * the pattern and whose payload goes on with it. The digests are those of the official test_vectors.json.
     */
    @ParameterizedTest
    @MethodSource("hashers")
    void agreesWithTheOfficialTestVectors(BatchHasher hasher) {
        assertThat(official(hasher, 1023)).startsWith("10108970eeda3eb932baac1428c7a216");
        assertThat(official(hasher, 1024)).startsWith("42214739f095a406f3fc83deb889744a");
        assertThat(official(hasher, 1025)).startsWith("d00278ae47eb27b34faecf67b4fe263f");
        assertThat(official(hasher, 2048)).startsWith("e776b6028c7cd22a4d0ba182a8bf6220");
        assertThat(official(hasher, 2049)).startsWith("5f4d72f40d7a5f82b15ca2b2e44b1de3");
        assertThat(official(hasher, 3072)).startsWith("b98cb0ff3623be03326b373de6b90952");
        assertThat(official(hasher, 3073)).startsWith("7124b49501012f81cc7f11ca069ec922");
        assertThat(official(hasher, 4096)).startsWith("015094013f57a5277b59d8475c050104");
        assertThat(official(hasher, 4097)).startsWith("9b4052b38f1c5fc8b1f9ff7ac7b27cd2");
        assertThat(official(hasher, 5120)).startsWith("9cadc15fed8b5d854562b26a9536d970");
        assertThat(official(hasher, 5121)).startsWith("628bd2cb2004694adaab7bbd778a25df");
        assertThat(official(hasher, 6144)).startsWith("3e2e5b74e048f3add6d21faab3f83aa4");
        assertThat(official(hasher, 6145)).startsWith("f1323a8631446cc50536a9f705ee5cb6");
        assertThat(official(hasher, 7168)).startsWith("61da957ec2499a95d6b8023e2b0e604e");
        assertThat(official(hasher, 7169)).startsWith("a003fc7a51754a9b3c7fae0367ab3d78");
        assertThat(official(hasher, 8192)).startsWith("aae792484c8efe4f19e2ca7d371d8c46");
        assertThat(official(hasher, 8193)).startsWith("bab6c09cb8ce8cf459261398d2e7aef3");
        assertThat(official(hasher, 16384)).startsWith("f875d6646de28985646f34ee13be9a57");
        assertThat(official(hasher, 31744)).startsWith("62b6960e1a44bcc1eb1a611a8d6235b6");
        assertThat(official(hasher, 102400)).startsWith("bc3e3d41a1146b069abffad3c0d44860");
    }

    @Test
    void librariesAgreeOnTheEmptyInput() {
        byte[] bouncyCastle = new byte[32];
        new org.bouncycastle.crypto.digests.Blake3Digest(256).doFinal(bouncyCastle, 0);
        String known = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

        assertThat(HexFormat.of().formatHex(bouncyCastle)).isEqualTo(known);
        assertThat(HexFormat.of().formatHex(Blake3.hash(new byte[0]))).isEqualTo(known);
    }

    /** One call over batches of every payload length, with different bytes in the gap, against the plain one-shot hash. */
    @ParameterizedTest
    @MethodSource("hashers")
    void everyLengthAgreesWithTheOneShotHash(BatchHasher hasher) {
        int batches = MAX_PAYLOAD + 1;
        int[] headers = new int[batches];
        int[] payloads = IntStream.range(0, batches).toArray();
        int size = 0;
        for (int i = 0; i < batches; i++) {
            headers[i] = size;
            size += 64 + payloads[i];
        }
        byte[] segment = new byte[size];
        new Random(42).nextBytes(segment);
        byte[] out = new byte[batches * 32];

        hasher.hash(segment, headers, payloads, 0, batches, out);

        for (int i = 0; i < batches; i++) {
            byte[] hashed = Arrays.copyOfRange(segment, headers[i] + 32, headers[i] + 64 + payloads[i]);
            System.arraycopy(segment, headers[i], hashed, 0, 32);
            assertThat(Arrays.copyOfRange(out, i * 32, (i + 1) * 32))
                    .as("payload of %d bytes", i)
                    .isEqualTo(Blake3.hash(hashed));
        }
    }

    @ParameterizedTest
    @MethodSource("hashers")
    void onlyTheBatchesAskedForAreHashed(BatchHasher hasher) {
        byte[] segment = new byte[10 * 85];
        new Random(7).nextBytes(segment);
        int[] headers = IntStream.range(0, 10).map(i -> i * 85).toArray();
        int[] payloads = new int[10];
        Arrays.fill(payloads, 21);
        byte[] all = new byte[10 * 32];
        hasher.hash(segment, headers, payloads, 0, 10, all);
        byte[] some = new byte[5 * 32];

        hasher.hash(segment, headers, payloads, 4, 7, some);

        assertThat(Arrays.copyOf(some, 3 * 32)).isEqualTo(Arrays.copyOfRange(all, 4 * 32, 7 * 32));
        assertThat(Arrays.copyOfRange(some, 3 * 32, 5 * 32)).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource("hashers")
    void batchesMayLieInSeveralSegments(BatchHasher hasher) {
        byte[][] segments = new byte[3][];
        int[] headers = {7, 0, 85};
        int[] payloads = {21, 2100, 0};
        byte[] expected = new byte[3 * 32];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = new byte[headers[i] + 64 + payloads[i]];
            new Random(i).nextBytes(segments[i]);
            byte[] one = new byte[32];
            BatchHasher.bouncyCastle().hash(segments[i], headers, payloads, i, i + 1, one);
            System.arraycopy(one, 0, expected, i * 32, 32);
        }
        byte[] out = new byte[4 * 32];

        hasher.hash(segments, headers, payloads, 3, out);

        assertThat(Arrays.copyOf(out, 3 * 32)).isEqualTo(expected);
        assertThat(Arrays.copyOfRange(out, 3 * 32, 4 * 32)).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource("hashers")
    void mayBeUsedByManyThreads(BatchHasher hasher) {
        byte[] segment = new byte[64 + 3000];
        new Random(9).nextBytes(segment);
        String expected = hex(hasher, segment);

        List<String> found = IntStream.range(0, 500)
                .parallel()
                .mapToObj(i -> hex(hasher, segment))
                .distinct()
                .toList();

        assertThat(found).containsExactly(expected);
    }

    @Test
    void noSecurityProviderIsRegistered() {
        hex(BatchHasher.bouncyCastle(), new byte[64]);

        assertThat(Security.getProvider("BC")).isNull();
    }

    private static String official(BatchHasher hasher, int length) {
        byte[] segment = new byte[32 + length];
        for (int i = 0; i < length; i++) {
            segment[i < 32 ? i : i + 32] = (byte) (i % 251);
        }
        return hex(hasher, segment);
    }

    private static String hex(BatchHasher hasher, byte[] batch) {
        byte[] out = new byte[32];
        hasher.hash(batch, new int[] {0}, new int[] {batch.length - 64}, 0, 1, out);
        return HexFormat.of().formatHex(out);
    }
}
