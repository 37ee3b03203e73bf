/** Where segments come from, as the configuration says. */
@NullMarked
package io.walreceiver.spring.source;

import org.jspecify.annotations.NullMarked;
