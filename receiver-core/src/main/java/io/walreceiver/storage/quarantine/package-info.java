/** Segments that were refused, kept aside for an operator. */
@NullMarked
package io.walreceiver.storage.quarantine;

import org.jspecify.annotations.NullMarked;
