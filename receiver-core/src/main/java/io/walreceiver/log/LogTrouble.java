package io.walreceiver.log;

/**
 * Why a log does not move on.
 *
 * @param state what kind of trouble
 * @param cause the whole story in a sentence or two, with the next step
 */
public record LogTrouble(LogState state, String cause) {}
