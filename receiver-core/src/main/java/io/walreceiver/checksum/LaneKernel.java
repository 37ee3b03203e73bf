package io.walreceiver.checksum;

/**
 * The compression function on many unrelated blocks at once, one a lane. Blocks are put in by {@link #message}, {@link #firstHalf} and
 * {@link #secondHalf}, or {@link #pairs}; then {@link #compress} folds them into the lanes' chaining values.
 *
 * <p>Not safe for use by several threads at a time. What was not set is left from before, and harmless: whoever reads a lane has set it.
 */
interface LaneKernel {

    /** Enough that what a loop does before and after its vector part is little, and few enough that the rows stay in L1 or L2. */
    int LANES = 512;

    /** Sets the chaining values of the first lanes to the initial value: a new chunk or an inner node in each. */
    void start(int lanes);

    /** The message words of a lane. */
    void message(int lane, byte[] block);

    /** Takes words 0..7 of the message of lane {@code i} from byte {@code at[i] + offset}. */
    void firstHalf(byte[] segment, int[] at, int offset, int lanes);

    /** Takes words 8..15 likewise. */
    void secondHalf(byte[] segment, int[] at, int offset, int lanes);

    /** Takes the message of lane {@code i}, two chaining values, from word {@code at[i]}. */
    void pairs(int[] words, int[] at, int lanes);

    /**
     * Compresses the messages of the first lanes into their chaining values.
     *
     * @param counters, lengths and flags of each lane, in its state's words 12, 14 and 15; {@link #LANES} of each
     */
    void compress(int[] counters, int[] lengths, int[] flags, int lanes);

    /** Writes the chaining value of a lane. */
    void chainingValue(int lane, int[] words, int at);
}
