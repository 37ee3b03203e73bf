package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

class GroupSyncTest {

    private final Queue<Runnable> disk = new ArrayDeque<>();
    private final AtomicInteger syncs = new AtomicInteger();

    @Test
    void whatIsAskedForWhileASyncIsUnderWayTakesNoOtherThreadAndGetsTheNextOne() {
        GroupSync[] group = new GroupSync[1];
        group[0] = new GroupSync(CommitPolicy.commit(), disk::add, Schedulers.immediate(), () -> {
            if (syncs.incrementAndGet() == 1) {
                group[0].ask();
                group[0].ask();
                assertThat(disk)
                        .as("a log whose sync hangs must not take the threads of others")
                        .isEmpty();
            }
        });
        group[0].ask();
        group[0].ask();
        assertThat(disk).hasSize(1);

        disk.remove().run();
        assertThat(disk).hasSize(1);
        disk.remove().run();
        assertThat(syncs).hasValue(2);
        assertThat(disk).isEmpty();
    }

    @Test
    void aSyncThatThrowsIsFollowedByOthers() {
        GroupSync group = new GroupSync(CommitPolicy.commit(), disk::add, Schedulers.immediate(), () -> {
            throw new IllegalStateException("sync " + syncs.incrementAndGet());
        });
        group.ask();
        assertThatThrownBy(disk.remove()::run).hasMessage("sync 1");
        group.ask();
        assertThatThrownBy(disk.remove()::run).hasMessage("sync 2");
    }
}
