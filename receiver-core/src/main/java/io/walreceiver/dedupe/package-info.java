/** First stage of a log: drops what the follower has, by name alone. */
@NullMarked
package io.walreceiver.dedupe;

import org.jspecify.annotations.NullMarked;
