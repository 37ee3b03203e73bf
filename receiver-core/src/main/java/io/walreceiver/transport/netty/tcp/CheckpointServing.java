package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import io.walreceiver.transport.publication.Publication;
import io.walreceiver.transport.publication.PublishedCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers to followers that start from a checkpoint. One question at a time: a file goes in pieces, each of which is asked for. */
final class CheckpointServing {

    /** Bytes of a file that one question is answered with. */
    static final int PIECE_BYTES = 4 << 20;

    private static final int CONTENT_BYTES = FrameEncoder.MAX_CHUNK_BYTES;

    private final PublisherConnection connection;
    private final Publication publication;
    private final Predicate<LogId> mayRead;
    private boolean busy;

    CheckpointServing(PublisherConnection connection, Publication publication, Predicate<LogId> mayRead) {
        this.connection = connection;
        this.publication = publication;
        this.mayRead = mayRead;
    }

    /** The marker, and the newest checkpoint of each log that may be read. */
    void list() {
        begin();
        connection.work(any -> {
            List<Frame> answer = new ArrayList<>();
            publication.marker().ifPresent(bytes -> answer.add(new Frame.Marker(bytes)));
            for (LogId log : new TreeSet<>(publication.logs())) {
                Optional<PublishedCheckpoint> newest =
                        mayRead.test(log) ? publication.checkpoint(log) : Optional.empty();
                newest.ifPresent(found ->
                        answer.add(new Frame.Checkpoint(log, found.name(), found.position(), found.sizeBytes())));
            }
            answer.add(new Frame.Done(false));
            end(answer);
        });
    }

    /** The next piece of a file; no content at all and nothing more if it is not there (any more). */
    void fetch(Frame.Fetch wanted) {
        begin();
        connection.work(any -> end(read(wanted)));
    }

    private List<Frame> read(Frame.Fetch wanted) throws IOException {
        PublishedCheckpoint found = find(wanted);
        if (found == null) {
            return List.of(new Frame.Done(false));
        }
        List<Frame> answer = new ArrayList<>();
        long at = wanted.from();
        try (InputStream in = found.content().open(at)) {
            while (at < found.sizeBytes() && at - wanted.from() < PIECE_BYTES) {
                byte[] bytes = in.readNBytes((int) Math.min(CONTENT_BYTES, found.sizeBytes() - at));
                if (bytes.length == 0) {
                    break;
                }
                at += bytes.length;
                answer.add(new Frame.Content(bytes));
            }
        }
        answer.add(new Frame.Done(at < found.sizeBytes()));
        return answer;
    }

    private @Nullable PublishedCheckpoint find(Frame.Fetch wanted) throws IOException {
        PublishedCheckpoint found = mayRead.test(wanted.log())
                ? publication.checkpoint(wanted.log()).orElse(null)
                : null;
        return found != null && found.name().equals(wanted.name()) && wanted.from() <= found.sizeBytes() ? found : null;
    }

    private void begin() {
        if (busy) {
            throw new ProtocolException("a question about checkpoints: expected none before the last was answered");
        }
        busy = true;
    }

    private void end(List<Frame> answer) {
        connection.onLoop(() -> {
            busy = false;
            answer.forEach(connection::write);
            connection.flush();
        });
    }
}
