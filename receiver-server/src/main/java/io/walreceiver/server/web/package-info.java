/** What the follower answers over HTTP: the ground that its read API, live streams, pages and operations stand on. */
@NullMarked
package io.walreceiver.server.web;

import org.jspecify.annotations.NullMarked;
