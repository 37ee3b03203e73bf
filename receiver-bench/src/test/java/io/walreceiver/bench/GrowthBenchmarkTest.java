package io.walreceiver.bench;

import org.junit.jupiter.api.Test;

/** Every pair is there, and whatever is read beside the growth is right: here at a hundredth of the size. */
class GrowthBenchmarkTest {

    @Test
    void allPairsAreAppliedAndReadRight() throws Exception {
        GrowthBenchmark.main(new String[] {"1", "100"});
    }
}
