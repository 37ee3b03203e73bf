package io.walreceiver.server.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes an option, which is a component of a record. Its key in the file and its environment variable follow from its name, what can
 * be said from its type.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {

    /** What it is, in a sentence. */
    String value();

    /** What it is if nobody says; empty if somebody has to, or it is optional. As it would be written. */
    String preset() default "";

    /** What holds if nobody says, in words, where it is optional. */
    String otherwise() default "";

    /** The least it may be, as it would be written; empty for the least there is. */
    String least() default "";

    /** The most it may be, as it would be written; empty for the most there is. */
    String most() default "";

    /** What an address may begin with. */
    String[] schemes() default {};

    /** Whether a file holds a secret: then nothing that was written in its place is ever shown. */
    boolean secret() default false;
}
