package io.walreceiver.spring.actuate;

/** How an observation tells that its segment was refused. Never thrown. */
final class SegmentRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    SegmentRefusedException(String fault) {
        super(fault, null, false, false);
    }
}
