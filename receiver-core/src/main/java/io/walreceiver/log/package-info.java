/** What the stages of one log share: its positions, what troubles it, and who waits for it. */
@NullMarked
package io.walreceiver.log;

import org.jspecify.annotations.NullMarked;
