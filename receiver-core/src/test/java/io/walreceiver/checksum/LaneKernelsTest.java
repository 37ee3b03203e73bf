package io.walreceiver.checksum;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Which kernel is picked, each time in a virtual machine of its own, by the Java that runs the tests. */
class LaneKernelsTest {

    private static final String[] WITH_VECTORS = {"--add-modules", "jdk.incubator.vector"};

    /** Prints which kernel there is, and whether its hasher was found to be right. */
    static final class Choice {
        private Choice() {}

        public static void main(String[] args) {
            ((Logger) LoggerFactory.getLogger(LaneKernels.class)).setLevel(Level.INFO);
            System.out.println("picked "
                    + LaneKernels.fastest().get().getClass().getSimpleName() + " for " + BatchHasher.fastest());
        }
    }

    @Test
    void plainLoopsWithoutTheModule() throws Exception {
        String said = run();
        assertThat(said).contains("picked LoopKernel for BLAKE3 in lanes");
        if (Runtime.version().feature() >= 25) {
            assertThat(said).contains("with the option --add-modules jdk.incubator.vector they are faster");
        }
    }

    @Test
    void vectorsFromJdk25OnWithTheModule() throws Exception {
        boolean vectors = Runtime.version().feature() >= 25;
        String said = run(WITH_VECTORS);
        assertThat(said).contains("picked " + (vectors ? "VectorKernel" : "LoopKernel") + " for BLAKE3 in lanes");
        assertThat(said.contains("checksums are computed in vectors of")).isEqualTo(vectors);
    }

    /** Vectors that are not compiled are objects. */
    @Test
    void plainLoopsWithoutTheServerCompiler() throws Exception {
        for (String compiler : List.of("-Xint", "-XX:TieredStopAtLevel=1")) {
            assertThat(run(WITH_VECTORS[0], WITH_VECTORS[1], compiler))
                    .contains("picked LoopKernel for BLAKE3 in lanes");
        }
    }

    private static String run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path"), Choice.class.getName()));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(said).isZero();
        return said;
    }
}
