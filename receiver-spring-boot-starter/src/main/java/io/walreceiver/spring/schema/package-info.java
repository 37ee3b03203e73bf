/** Signal types as {@code application.yaml} or a schema file name them. */
@NullMarked
package io.walreceiver.spring.schema;

import org.jspecify.annotations.NullMarked;
