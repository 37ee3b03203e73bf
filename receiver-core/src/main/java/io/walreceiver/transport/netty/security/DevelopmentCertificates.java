package io.walreceiver.transport.netty.security;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A CA and certificates to try TLS out with, in a directory: {@code ca.pem} and {@code ca-key.pem}, {@code server.pem} and
 * {@code server-key.pem}, and {@code NAME.pem} and {@code NAME-key.pem} for each client. Keys are EC P-256, not encrypted, and
 * readable by their owner only. Not for production: whoever has the key of the CA can pass for anybody.
 *
 * <p>A CA that is there already is used, so that more certificates can be added; it is never replaced.
 */
public final class DevelopmentCertificates {

    private static final Pattern CLIENT = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?");
    private static final Pattern SERVER =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}");
    private static final Set<String> TAKEN = Set.of("ca", "server", "ca-key", "server-key");
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final Builder options;

    private DevelopmentCertificates(Builder options) {
        this.options = options;
    }

    /** Certificates in this directory, which is created if need be. */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /**
     * Makes them. Blocks.
     *
     * @return the files that were written
     * @throws FileAlreadyExistsException if a file is there and must not be replaced; then nothing is written
     * @throws IOException if a file cannot be written, or the CA that is there cannot be read
     */
    public List<Path> write() throws IOException {
        Map<String, List<String>> wanted = wanted();
        if (!options.overwrite) {
            refuseExisting(wanted.keySet());
        }
        Files.createDirectories(options.directory);
        List<Path> written = new ArrayList<>();
        DevelopmentCa ca = ca(written);
        for (Map.Entry<String, List<String>> entry : wanted.entrySet()) {
            boolean server = entry.getKey().equals("server");
            DevelopmentCa.Issued issued =
                    ca.issue(entry.getValue().get(0), entry.getValue(), server, options.start, options.validity);
            written.addAll(issued.write(options.directory, entry.getKey()));
        }
        return List.copyOf(written);
    }

    private Map<String, List<String>> wanted() {
        Map<String, List<String>> wanted = new LinkedHashMap<>();
        if (!options.server.isEmpty()) {
            wanted.put("server", List.copyOf(options.server));
        }
        options.clients.forEach(client -> wanted.put(client, List.of(client)));
        return wanted;
    }

    private void refuseExisting(Set<String> names) throws FileAlreadyExistsException {
        for (String name : names) {
            for (Path file : List.of(
                    DevelopmentCa.certificateFile(options.directory, name),
                    DevelopmentCa.keyFile(options.directory, name))) {
                if (Files.exists(file)) {
                    throw new FileAlreadyExistsException(file.toString());
                }
            }
        }
    }

    private DevelopmentCa ca(List<Path> written) throws IOException {
        if (Files.exists(DevelopmentCa.certificateFile(options.directory, DevelopmentCa.NAME))) {
            return DevelopmentCa.read(options.directory);
        }
        if (Files.exists(DevelopmentCa.keyFile(options.directory, DevelopmentCa.NAME))) {
            throw new FileAlreadyExistsException(
                    DevelopmentCa.keyFile(options.directory, DevelopmentCa.NAME).toString());
        }
        DevelopmentCa.Issued made = DevelopmentCa.make(options.start, LONGEST);
        written.addAll(made.write(options.directory, DevelopmentCa.NAME));
        return new DevelopmentCa(made.certificate(), made.key());
    }

    /** Says what to make. Not safe for use by several threads. */
    public static final class Builder {

        private final Path directory;
        private final Set<String> server = new LinkedHashSet<>();
        private final Set<String> clients = new LinkedHashSet<>();
        private Duration validity = Duration.ofDays(365);
        private Instant start = Instant.now();
        private boolean overwrite;

        private Builder(Path directory) {
            this.directory = directory;
        }

        /** A certificate for a server with these DNS names and addresses, which may also act as a client. Default: none. */
        public Builder server(String... names) {
            for (String name : names) {
                if (!SERVER.matcher(name).matches()) {
                    throw new IllegalArgumentException(
                            "server '" + PrintableText.of(name) + "': expected a DNS name or an address");
                }
                server.add(name);
            }
            return this;
        }

        /** A certificate for a client, whose only DNS name this is. May be repeated. Default: none. */
        public Builder client(String name) {
            if (!CLIENT.matcher(name).matches() || TAKEN.contains(name)) {
                throw new IllegalArgumentException("client '" + PrintableText.of(name)
                        + "': expected up to 63 letters, digits, dots and hyphens, other than "
                        + TAKEN.stream().sorted().toList());
            }
            clients.add(name);
            return this;
        }

        /** How long server and client certificates are valid, the CA's end at most. Default: 365 days; range 1 s to 3650 days. */
        public Builder validity(Duration duration) {
            if (duration.compareTo(Duration.ofSeconds(1)) < 0 || duration.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "validity of " + duration.toDays() + " days: expected 1 to " + LONGEST.toDays());
            }
            validity = duration;
            return this;
        }

        /** When they begin to be valid. Default: now. */
        public Builder start(Instant time) {
            start = time;
            return this;
        }

        /** Whether certificates and keys that are there, but for the CA's, are replaced. Default: false. */
        public Builder overwrite(boolean replace) {
            overwrite = replace;
            return this;
        }

        /** What was said; nothing is done yet. */
        public DevelopmentCertificates build() {
            return new DevelopmentCertificates(this);
        }
    }
}
