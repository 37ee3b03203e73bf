package io.walreceiver.server.command;

import io.walreceiver.storage.CheckpointSource;
import io.walreceiver.transport.netty.tcp.TcpCheckpoints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** The checkpoints of a publisher. */
final class NetworkCheckpoints implements CheckpointSource {

    private static final int PIECES_AHEAD = 1;

    private final TcpCheckpoints publisher;
    private final String address;

    NetworkCheckpoints(TcpCheckpoints publisher, String address) {
        this.publisher = publisher;
        this.address = address;
    }

    @Override
    public byte[] marker() throws IOException {
        return catalogue()
                .marker()
                .orElseThrow(
                        () -> new IOException(
                                address
                                        + " has no checkpoints: it publishes a leader's segments, which are followed from their first event"));
    }

    @Override
    public List<Offer> offers() throws IOException {
        return catalogue().entries().stream()
                .map(entry -> new Offer(entry.log(), entry.name(), entry.position(), entry.sizeBytes()))
                .toList();
    }

    @Override
    public InputStream open(Offer offer, long from) {
        Iterator<byte[]> pieces = publisher
                .fetch(offer.log(), offer.name(), from)
                .toIterable(PIECES_AHEAD)
                .iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return read(pieces::hasNext);
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream(read(pieces::next));
            }
        });
    }

    private TcpCheckpoints.Catalogue catalogue() throws IOException {
        Mono<TcpCheckpoints.Catalogue> list = publisher.list();
        try {
            return read(() -> Objects.requireNonNull(list.block()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static <T> T read(Supplier<T> wait) {
        try {
            return wait.get();
        } catch (RuntimeException e) {
            if (Exceptions.unwrap(e) instanceof IOException failure) {
                throw new UncheckedIOException(failure);
            }
            throw e;
        }
    }
}
