package io.walreceiver.server.command;

import io.walreceiver.server.input.Durations;
import io.walreceiver.storage.CommitPolicy;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads when what was applied is made durable. */
final class CommitConverter implements ITypeConverter<CommitPolicy> {

    private static final String COMMIT = "commit";

    @Override
    public CommitPolicy convert(String text) {
        if (text.equals(COMMIT)) {
            return CommitPolicy.commit();
        }
        try {
            return Durations.parse(text).map(CommitPolicy::interval).orElseThrow(() -> unknown(text));
        } catch (IllegalArgumentException e) {
            throw unknown(text);
        }
    }

    private static TypeConversionException unknown(String text) {
        return new TypeConversionException(
                "found \"" + text + "\", expected commit, or a duration up to 1h such as 100ms or 2s");
    }
}
