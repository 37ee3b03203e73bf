/** The service from its options to its end: what is opened in which order, what runs, and how it stops. */
@NullMarked
package io.walreceiver.server.service;

import org.jspecify.annotations.NullMarked;
