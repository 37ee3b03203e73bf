package io.walreceiver.transport.netty.security;

import java.util.List;

/**
 * What was made of files.
 *
 * @param value ready for use
 * @param warnings what deserves a look all the same; each names its file and the next step
 */
record Loaded<T>(T value, List<String> warnings) {

    Loaded {
        warnings = List.copyOf(warnings);
    }
}
