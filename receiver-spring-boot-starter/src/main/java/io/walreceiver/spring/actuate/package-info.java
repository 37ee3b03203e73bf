/** How the receiver stands, told by Spring Boot's actuator, by Micrometer's meters and by observations. */
@NullMarked
package io.walreceiver.spring.actuate;

import org.jspecify.annotations.NullMarked;
