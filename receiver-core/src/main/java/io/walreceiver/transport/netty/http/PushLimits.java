package io.walreceiver.transport.netty.http;

import java.time.Duration;

/** See the options of {@link HttpPushTransport.Builder} by these names. */
record PushLimits(int maxSegmentBytes, int maxConcurrentRequests, Duration bodyTimeout, Duration answerTimeout) {}
