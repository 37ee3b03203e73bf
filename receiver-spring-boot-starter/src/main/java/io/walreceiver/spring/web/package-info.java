/** Reads over HTTP that must see a position. */
@NullMarked
package io.walreceiver.spring.web;

import org.jspecify.annotations.NullMarked;
