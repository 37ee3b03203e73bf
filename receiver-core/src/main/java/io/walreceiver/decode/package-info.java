/** The stage that checks the events of a verified segment against the signal schema. */
@NullMarked
package io.walreceiver.decode;

import org.jspecify.annotations.NullMarked;
