package io.walreceiver.server.interrupt;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a second interrupt end the program at once, while the first is still being worked on: Java itself lets it wait for that. The class
 * that does this belongs to no standard, though every Java has it; without it, a second interrupt has no effect.
 */
final class SecondSignal {

    private static final Logger LOG = LoggerFactory.getLogger(SecondSignal.class);
    /** What a shell says of a program that a signal has ended: this and the signal's number. */
    private static final int BY_SIGNAL = 128;

    private SecondSignal() {}

    /** From now on each interrupt ends the program. */
    static void endsAtOnce() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Method number = signal.getMethod("getNumber");
            Object halt = Proxy.newProxyInstance(
                    SecondSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            Runtime.getRuntime().halt(BY_SIGNAL + (int) number.invoke(arguments[0]));
                        }
                        return method.getReturnType() == boolean.class ? false : (Object) 0;
                    });
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : List.of("INT", "TERM")) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), halt);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("a second interrupt will have no effect", e);
        }
    }
}
