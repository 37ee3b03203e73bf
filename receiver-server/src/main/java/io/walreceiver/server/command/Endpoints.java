package io.walreceiver.server.command;

import io.walreceiver.server.input.Endpoint;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads where somebody listens. */
final class Endpoints {

    static final String TCP = "tcp";
    private static final Set<String> WEB = Set.of("http", "https");

    private Endpoints() {}

    /** A publisher to follow. */
    static final class Source implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String text) {
            return parse(text, Set.of(TCP), 1);
        }
    }

    /** Where to publish. */
    static final class Publisher implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String text) {
            return parse(text, Set.of(TCP), 0);
        }
    }

    /** A follower to ship to. */
    static final class Follower implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String text) {
            return parse(text, WEB, 1);
        }
    }

    /** Where to take what is pushed. */
    static final class Web implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String text) {
            return parse(text, WEB, 0);
        }
    }

    private static Endpoint parse(String text, Set<String> schemes, int lowestPort) {
        try {
            return Endpoint.parse(text, schemes, lowestPort);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
