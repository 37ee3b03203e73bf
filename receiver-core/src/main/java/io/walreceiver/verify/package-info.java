/** The stage that checks a segment in full, structure and checksums, before anything else looks at it. */
@NullMarked
package io.walreceiver.verify;

import org.jspecify.annotations.NullMarked;
