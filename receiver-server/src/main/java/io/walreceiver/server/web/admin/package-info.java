/** What operators change over HTTP while the follower runs, audited. */
@NullMarked
package io.walreceiver.server.web.admin;

import org.jspecify.annotations.NullMarked;
