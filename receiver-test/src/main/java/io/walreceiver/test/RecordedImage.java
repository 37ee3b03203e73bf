package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.ledger.ImageReader;
import io.walreceiver.ledger.ImageWriter;
import io.walreceiver.ledger.PartImage;
import io.walreceiver.ledger.SnapshottingPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** An image in memory. It holds the part to the block lengths that {@link ImageWriter} names. */
final class RecordedImage implements ImageWriter {

    private static final int MAX_BLOCK_BYTES = 1 << 20;
    /** More than any image of a test has; one that goes on longer never ends. */
    private static final int MAX_STEPS = 1_000_000;

    private final List<byte[]> blocks = new ArrayList<>();

    /** The whole image of a part that rests. */
    static RecordedImage of(SnapshottingPart part) {
        RecordedImage image = new RecordedImage();
        try (PartImage begun = part.beginImage(image)) {
            image.finish(begun);
        }
        return image;
    }

    /** Has all written that is left. */
    void finish(PartImage begun) {
        int steps = 0;
        while (!begun.writeSome()) {
            assertThat(++steps).as("steps of an image").isLessThan(MAX_STEPS);
        }
    }

    @Override
    public void write(byte[] block, int length) {
        assertThat(length).as("length of a block").isBetween(1, MAX_BLOCK_BYTES);
        blocks.add(Arrays.copyOf(block, length));
    }

    int blocks() {
        return blocks.size();
    }

    ImageReader reader() {
        Iterator<byte[]> left = blocks.iterator();
        return () -> left.hasNext() ? left.next().clone() : null;
    }
}
