package io.walreceiver.transport.netty.tcp;

import org.jspecify.annotations.Nullable;

/** Types of frames and their numbers: a follower's below 64, a publisher's from 64 on. */
enum FrameType {
    HELLO(1),
    RESUME(2),
    START(3),
    TAKE(4),
    BEGIN(5),
    ACKNOWLEDGE(6),
    REQUEST(7),
    HOLD(8),
    CONSUMED(9),
    PING(10),
    LIST_CHECKPOINTS(11),
    FETCH(12),
    WELCOME(64),
    LOG(65),
    DONE(66),
    HEAD(67),
    SKIP(68),
    SEGMENT(69),
    CHUNK(70),
    BYE(71),
    CHECKPOINT(72),
    MARKER(73),
    CONTENT(74);

    private static final @Nullable FrameType[] BY_NUMBER = new @Nullable FrameType[256];

    static {
        for (FrameType type : values()) {
            BY_NUMBER[type.number] = type;
        }
    }

    final int number;

    FrameType(int number) {
        this.number = number;
    }

    /** Null if there is no such type. */
    static @Nullable FrameType of(int number) {
        return BY_NUMBER[number & 0xFF];
    }
}
