package io.walreceiver.schema;

/** What becomes of an intact segment that holds an event which cannot be applied. */
public enum InvalidEventPolicy {
    /** Its log waits there: nothing is lost, and a schema that knows the event, or an operator, lets it go on. */
    HOLD,
    /** The event is skipped and counted; the others of its segment are applied. */
    SKIP
}
