package io.walreceiver.storage.disk;

import java.io.IOException;

/** There is no room left where the file lies. */
public final class DiskFullException extends IOException {

    private static final long serialVersionUID = 1;

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
