package io.walreceiver.test;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.SkipException;
import org.testng.annotations.Test;

/** Runs the rules of the Reactive Streams TCK, which are TestNG tests, one by one as JUnit tests. */
final class PublisherRules {

    private PublisherRules() {}

    /** One test per rule, each on a verification of its own. */
    static Stream<DynamicTest> of(Supplier<? extends PublisherVerification<?>> verification) {
        return Arrays.stream(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .map(rule -> dynamicTest(rule.getName(), () -> verify(verification.get(), rule)));
    }

    private static void verify(PublisherVerification<?> verification, Method rule) throws Throwable {
        verification.setUp();
        try {
            rule.invoke(verification);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException skip) {
                throw new TestAbortedException(skip.getMessage(), skip);
            }
            throw e.getCause();
        }
    }
}
