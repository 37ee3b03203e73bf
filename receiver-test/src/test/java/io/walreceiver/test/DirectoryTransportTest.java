package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTransportTest implements FlowControlContract {

    @TempDir
    Path root;

    @Override
    public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        Path directory = directory(written);
        return Source.of(
                DirectoryTransport.builder()
                        .directory(directory)
                        .windowBytesPerLog(windowBytesPerLog)
                        .build(),
                () -> {},
                () -> {});
    }

    private Path directory(List<WalSegmentPayload> written) {
        try {
            Path directory = Files.createTempDirectory(root, "wal");
            for (WalSegmentPayload segment : written) {
                Files.write(directory.resolve(segment.id().fileName()), segment.bytes());
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean canStayOpen() {
        return false;
    }
}
