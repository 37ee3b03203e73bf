/** The dashboard: files that hold no data, for a browser that asks for it itself. */
@NullMarked
package io.walreceiver.server.web.page;

import org.jspecify.annotations.NullMarked;
