package io.walreceiver.spring.source;

import io.walreceiver.spring.config.Mistake;
import io.walreceiver.spring.config.Mistakes;
import io.walreceiver.spring.config.ReceiverProperties;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** Makes the sources of what the configuration says. */
public final class SourceReader {

    private static final String SOURCES = "wal-receiver.sources";
    private static final String EXPECTED =
            "tcp://HOST:PORT with a port from 1 to 65535, or a directory: a path or a file: URI";

    private final ReceiverProperties properties;
    private final SourceTools tools;
    private final Mistakes mistakes = new Mistakes();

    /**
     * A reader for the sources of one receiver.
     *
     * @param properties what the configuration says
     * @param tools what sources are made with
     */
    public SourceReader(ReceiverProperties properties, SourceTools tools) {
        this.properties = properties;
        this.tools = tools;
    }

    /**
     * Makes the sources. Blocks: files are read.
     *
     * @return to be closed by the caller
     * @throws io.walreceiver.spring.config.InvalidConfigurationException telling all mistakes
     */
    public ConfiguredSources read() {
        if (properties.sources().isEmpty()) {
            mistakes.add(Mistake.missing(
                    SOURCES + "[0].address",
                    EXPECTED,
                    "Name a source in " + SOURCES
                            + "[0].address, or define a bean of type Transport. Without a receiver:"
                            + " wal-receiver.enabled=false."));
        }
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < properties.sources().size(); i++) {
            source(SOURCES + "[" + i + "]", properties.sources().get(i)).ifPresent(sources::add);
        }
        try {
            mistakes.throwIfAny();
            return new ConfiguredSources(sources);
        } catch (RuntimeException e) {
            sources.forEach(Source::close);
            throw e;
        }
    }

    private Optional<Source> source(String path, ReceiverProperties.Source source) {
        String address = source.address();
        if (address == null || address.isBlank()) {
            return wrong(path + ".address", address, EXPECTED);
        }
        try {
            if (address.startsWith("tcp:")) {
                return publisher(path, source, new URI(address));
            }
            if (address.contains("://") && !address.startsWith("file:")) {
                return wrong(path + ".address", address, EXPECTED);
            }
            return directory(path, source, address.startsWith("file:") ? Path.of(new URI(address)) : Path.of(address));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return wrong(path + ".address", address, EXPECTED);
        }
    }

    private Optional<Source> publisher(String path, ReceiverProperties.Source source, URI address) {
        boolean bare = address.getUserInfo() == null
                && (address.getPath() == null || address.getPath().isEmpty())
                && address.getQuery() == null
                && address.getFragment() == null;
        if (address.getHost() == null || address.getPort() < 1 || address.getPort() > 65_535 || !bare) {
            // what is in front of an @ may be a secret
            return wrong(path + ".address", address.getUserInfo() == null ? address : null, EXPECTED);
        }
        if (!ClassUtils.isPresent("io.netty.handler.ssl.SslContext", tools.classLoader())) {
            mistakes.add(new Mistake(
                    path + ".address",
                    address.toString(),
                    "a directory, since Netty is not on the class path",
                    "Add the dependency io.projectreactor.netty:reactor-netty-http."));
            return Optional.empty();
        }
        return new PublisherReader(tools, mistakes).read(path, source, address);
    }

    private Optional<Source> directory(String path, ReceiverProperties.Source source, Path directory) {
        onlyForPublishers(path + ".ssl.bundle", source.ssl().bundle());
        onlyForPublishers(path + ".token", source.token());
        onlyForPublishers(path + ".insecure", source.insecure() ? "true" : null);
        if (!Files.isDirectory(directory)) {
            return wrong(path + ".address", source.address(), "a directory that exists, or tcp://HOST:PORT");
        }
        DirectoryTransport.Builder builder = DirectoryTransport.builder()
                .directory(directory)
                .follow(source.follow())
                .maxSegmentBytes(tools.maxSegmentBytes());
        tools.timer().ifPresent(builder::scheduler);
        return Optional.of(new DirectorySource(builder.build()));
    }

    private void onlyForPublishers(String property, @Nullable String value) {
        if (value != null) {
            mistakes.add(
                    new Mistake(property, null, "nothing, as this source is a directory", "Remove " + property + "."));
        }
    }

    private Optional<Source> wrong(String property, @Nullable Object found, String expected) {
        mistakes.wrong(property, found, expected);
        return Optional.empty();
    }
}
