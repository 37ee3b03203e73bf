/** What docs/embedding.md shows of an application on Spring WebFlux. */
@NullMarked
package io.walreceiver.spring.docs.hot;

import org.jspecify.annotations.NullMarked;
