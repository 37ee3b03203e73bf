package io.walreceiver.server.web.admin;

/**
 * Bounds of what operators may have done at a time.
 *
 * @param maxActions most actions at a time, 1..1,000; who comes beyond is asked to come again
 * @param maxDownloads most refused segments at a time that are being sent, each up to 64 MiB in memory; 1..100
 */
public record AdminOptions(int maxActions, int maxDownloads) {

    public AdminOptions {
        if (maxActions < 1 || maxActions > 1_000) {
            throw new IllegalArgumentException("maxActions " + maxActions + ": expected 1..1000");
        }
        if (maxDownloads < 1 || maxDownloads > 100) {
            throw new IllegalArgumentException("maxDownloads " + maxDownloads + ": expected 1..100");
        }
    }

    /** 8 actions and 2 downloads at a time. */
    public static AdminOptions defaults() {
        return new AdminOptions(8, 2);
    }
}
