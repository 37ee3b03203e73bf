package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.publication.FollowerTerms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** What a published directory gives to a follower. */
class DirectoryPublicationTest implements FlowControlContract {

    @TempDir
    Path root;

    @Override
    public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        try {
            Path directory = Files.createTempDirectory(root, "wal");
            for (WalSegmentPayload segment : written) {
                Files.write(directory.resolve(segment.id().fileName()), segment.bytes());
            }
            DirectoryPublication publication =
                    DirectoryPublication.builder(directory).follow(false).build();
            return Source.of(
                    publication.follower(new FollowerTerms(windowBytesPerLog, 1 << 20, log -> true)),
                    () -> {},
                    () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean canStayOpen() {
        return false;
    }
}
