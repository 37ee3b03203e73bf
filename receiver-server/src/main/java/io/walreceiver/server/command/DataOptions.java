package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What commands over a data directory have in common. */
final class DataOptions {

    static final String LABEL = "DATA";
    static final String HELP = "The data directory of a receiver.";
    static final String NO_LOCK = "Takes no lock and changes nothing: a receiver may work there meanwhile.";
    static final String LOCK = "Takes the directory's lock: no receiver may use it meanwhile.";

    static final String LOCK_OR_SERVER =
            "Takes the directory's lock; if a server holds it that answers operators (serve"
                    + " --web), that one is asked to do it: with --token or --tls-cert, if it knows its operators.";

    private DataOptions() {}

    /** Reads the id of a log. */
    static final class LogConverter implements ITypeConverter<LogId> {

        @Override
        public LogId convert(String text) {
            try {
                return LogId.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("found \"" + text + "\", expected REGION:SHARD such as 1:3");
            }
        }
    }
}
