/** What a leader, or a follower that passes logs on, has to offer to followers; and nothing of how it gets there. */
@NullMarked
package io.walreceiver.transport.publication;

import org.jspecify.annotations.NullMarked;
