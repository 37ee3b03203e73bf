/** What those who operate a follower ask it: whether it lives, whether it should be read from, and its meters. */
@NullMarked
package io.walreceiver.server.web.operate;

import org.jspecify.annotations.NullMarked;
