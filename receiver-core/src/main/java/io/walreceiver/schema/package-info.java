/** Signal types: what a type index on the wire means and how its score decays. */
@NullMarked
package io.walreceiver.schema;

import org.jspecify.annotations.NullMarked;
