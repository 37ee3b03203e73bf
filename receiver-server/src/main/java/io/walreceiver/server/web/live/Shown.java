package io.walreceiver.server.web.live;

import org.jspecify.annotations.Nullable;

/** Something that is shown to all that look on, as far as each may see it. */
interface Shown {

    /** The events to send; null if there is nothing for this view. */
    byte @Nullable [] to(View view);
}
