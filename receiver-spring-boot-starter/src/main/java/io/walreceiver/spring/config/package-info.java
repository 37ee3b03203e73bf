/** What {@code wal-receiver.*} can say, and how mistakes in it are told. */
@NullMarked
package io.walreceiver.spring.config;

import org.jspecify.annotations.NullMarked;
