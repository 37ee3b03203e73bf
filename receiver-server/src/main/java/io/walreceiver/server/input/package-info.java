/** Reading what people write by hand: values, CSV, and how mistakes in it are told. */
@NullMarked
package io.walreceiver.server.input;

import org.jspecify.annotations.NullMarked;
