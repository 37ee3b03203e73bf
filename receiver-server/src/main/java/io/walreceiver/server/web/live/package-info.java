/** What moves, as server-sent events: one sampling for all that look on, conflated for each. */
@NullMarked
package io.walreceiver.server.web.live;

import org.jspecify.annotations.NullMarked;
