/** What became of each delivered segment. */
@NullMarked
package io.walreceiver.outcome;

import org.jspecify.annotations.NullMarked;
