package io.walreceiver.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** The blocks of an image, for tests. */
final class Image implements ImageWriter {

    static final int MAX_BLOCK = 1 << 20;

    final List<byte[]> blocks = new ArrayList<>();

    /** The whole image of a part that rests. */
    static Image of(SnapshottingPart part) {
        Image image = new Image();
        try (PartImage begun = part.beginImage(image)) {
            while (!begun.writeSome()) {}
        }
        return image;
    }

    @Override
    public void write(byte[] block, int length) {
        if (length < 1 || length > MAX_BLOCK) {
            throw new AssertionError("a block of " + length + " bytes");
        }
        blocks.add(Arrays.copyOf(block, length));
        Arrays.fill(block, 0, length, (byte) 0x5A);
    }

    void restoreTo(SnapshottingPart part) throws IOException {
        Iterator<byte[]> left = blocks.iterator();
        part.restore(() -> left.hasNext() ? left.next().clone() : null);
    }

    Image copy() {
        Image copy = new Image();
        blocks.forEach(block -> copy.blocks.add(block.clone()));
        return copy;
    }

    /** The same image with its pages in order. */
    Image sorted() {
        Image sorted = copy();
        sorted.blocks
                .subList(1, blocks.size())
                .sort(Comparator.comparingInt(block -> littleEndian(block).getInt(0)));
        return sorted;
    }

    ByteBuffer block(int index) {
        return littleEndian(blocks.get(index));
    }

    private static ByteBuffer littleEndian(byte[] block) {
        return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** For comparing two images byte for byte. */
    byte[][] bytes() {
        return blocks.toArray(byte[][]::new);
    }
}
