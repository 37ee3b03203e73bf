package io.walreceiver.server.service;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What has to be closed in the end, last first, within one deadline. */
final class Opened {

    private static final Duration LEAST = Duration.ofMillis(100);

    private final Deque<Resource> resources = new ArrayDeque<>();

    /** Something that is open. */
    @FunctionalInterface
    interface Closing {
        /**
         * Closes it; may block.
         *
         * @param time about how long it should take at the most
         */
        void close(Duration time) throws Exception;
    }

    private record Resource(String what, Closing closing) {}

    /**
     * How closing went.
     *
     * @param what was closed
     * @param took how long that took
     * @param failure why it could not be closed in time; empty if it was
     */
    record Closed(String what, Duration took, String failure) {}

    synchronized <T extends AutoCloseable> T later(String what, T resource) {
        return later(what, resource, time -> resource.close());
    }

    synchronized <T> T later(String what, T resource, Closing closing) {
        resources.push(new Resource(what, closing));
        return resource;
    }

    /** Closes everything. What does not close in time is left behind: the process ends anyway. */
    List<Closed> close(Deadline deadline) {
        List<Closed> closed = new ArrayList<>();
        for (Resource resource = next(); resource != null; resource = next()) {
            closed.add(close(resource, deadline));
        }
        return closed;
    }

    private synchronized @Nullable Resource next() {
        return resources.poll();
    }

    private static Closed close(Resource resource, Deadline deadline) {
        Duration time = deadline.left().compareTo(LEAST) > 0 ? deadline.left() : LEAST;
        long started = System.nanoTime();
        String failure = Objects.requireNonNull(Mono.fromCallable(() -> {
                    resource.closing().close(time);
                    return "";
                })
                .subscribeOn(Schedulers.boundedElastic())
                .timeout(time.plus(LEAST), Mono.just("it did not end in time"))
                .onErrorResume(e -> Mono.just(String.valueOf(e)))
                .block());
        return new Closed(resource.what(), Duration.ofNanos(System.nanoTime() - started), failure);
    }
}
