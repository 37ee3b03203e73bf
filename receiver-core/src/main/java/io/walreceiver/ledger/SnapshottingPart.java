package io.walreceiver.ledger;

import java.io.IOException;

/**
 * A part that can be written to a checkpoint and read back: the receiver then starts from the checkpoint instead of the log's first
 * event, and may drop what lies before it.
 */
public interface SnapshottingPart extends LedgerPart {

    /**
     * Starts an image of the part as it is now, while the part goes on: whoever changes what the image still lacks writes that first.
     * So {@code out} is called from within {@link PartImage#writeSome} and from within the methods that apply, one call at a time.
     * One image at a time.
     *
     * @param out takes the image; it never throws
     */
    PartImage beginImage(ImageWriter out);

    /**
     * Takes over an image; called once, before any event.
     *
     * @throws IOException what {@code in} throws, or if this is not an image that the part understands; the part is closed then
     */
    void restore(ImageReader in) throws IOException;
}
