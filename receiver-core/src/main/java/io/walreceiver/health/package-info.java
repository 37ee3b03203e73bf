/** Whether a receiver lives, and whether it should be read from: policies, not guesses. */
@NullMarked
package io.walreceiver.health;

import org.jspecify.annotations.NullMarked;
