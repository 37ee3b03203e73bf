package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class TcpDirectoryTransportTest extends TcpTransportTest {

    @TempDir
    Path root;

    @Override
    Leader leader(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        try {
            Path directory = Files.createTempDirectory(root, "wal");
            for (WalSegmentPayload segment : written) {
                Files.write(directory.resolve(segment.id().fileName()), segment.bytes());
            }
            return new Leader(
                    new SimplePublication(
                            written,
                            terms -> DirectoryTransport.builder()
                                    .directory(directory)
                                    .windowBytesPerLog(terms.windowBytesPerLog())
                                    .build()),
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
