package io.walreceiver.transport.directory;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells when something appears in a directory. May miss anything: not every file system tells of what others do to it. */
final class DirectoryWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

    private final WatchService service;
    private final Runnable onChange;
    private final Thread thread;

    private DirectoryWatch(WatchService service, String threadName, Runnable onChange) {
        this.service = service;
        this.onChange = onChange;
        this.thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
    }

    /**
     * Starts watching on a thread of its own, which ends with {@link #close}.
     *
     * @param onChange called on that thread; must not wait
     */
    static DirectoryWatch open(List<Path> directories, String threadName, Runnable onChange) throws IOException {
        WatchService service = directories.get(0).getFileSystem().newWatchService();
        try {
            for (Path directory : directories) {
                directory.register(service, ENTRY_CREATE, ENTRY_MODIFY);
            }
        } catch (IOException | RuntimeException e) {
            service.close();
            throw e;
        }
        DirectoryWatch watch = new DirectoryWatch(service, threadName, onChange);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try (service) {
            while (true) {
                WatchKey key = service.take();
                key.pollEvents();
                key.reset();
                onChange.run();
            }
        } catch (InterruptedException e) {
            LOG.trace("no longer watching");
        } catch (IOException e) {
            LOG.warn("a watch on a directory could not be closed: {}", e.toString());
        }
    }

    /** Does not wait, as it may be an event loop that calls: closing the service waits for another thread, so the watch's own does it. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
