package io.walreceiver.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names that lead to a listener, beside its own.
 *
 * @param names of hosts, without ports
 */
public record HostNames(List<String> names) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");

    public HostNames {
        names = List.copyOf(names);
    }

    static Optional<HostNames> parse(String text) {
        List<String> names =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        return names.stream().allMatch(name -> NAME.matcher(name).matches())
                ? Optional.of(new HostNames(names))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return String.join(",", names);
    }
}
