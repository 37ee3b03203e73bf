/** Two receivers in one application. */
@NullMarked
package io.walreceiver.spring.docs.two;

import org.jspecify.annotations.NullMarked;
