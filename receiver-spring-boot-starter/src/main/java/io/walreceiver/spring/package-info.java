/** A receiver in a Spring Boot application: its beans, and their life. {@code docs/spring.md} tells how to use it. */
@NullMarked
package io.walreceiver.spring;

import org.jspecify.annotations.NullMarked;
