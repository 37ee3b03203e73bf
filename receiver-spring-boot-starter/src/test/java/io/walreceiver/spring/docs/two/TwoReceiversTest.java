package io.walreceiver.spring.docs.two;

import static io.walreceiver.test.ReceiverAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.spring.Generated;
import io.walreceiver.spring.ReceiverAutoConfiguration;
import io.walreceiver.test.FakeLeader;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.Transport;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class TwoReceiversTest {

    @Test
    void eachHasALeaderALedgerAndADirectory(@TempDir Path folder) {
        Segments shopLog = Segments.of(new LogId(1, 0));
        Segments forumLog = Segments.of(new LogId(7, 0));
        Path data = folder.resolve("data");
        assertThat(data.toFile().mkdir()).isTrue();
        try (FakeLeader shop = FakeLeader.create();
                FakeLeader forum = FakeLeader.create()) {
            shop.append(shopLog.next(10));
            forum.append(forumLog.next(20));
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(ReceiverAutoConfiguration.class))
                    .withPropertyValues(Generated.SCHEMA)
                    .withPropertyValues("hot.data=" + data)
                    .withUserConfiguration(TwoReceivers.class)
                    .withBean("shopLeader", Transport.class, shop::transport)
                    .withBean("forumLeader", Transport.class, forum::transport)
                    .run(context -> {
                        context.getBean("shop", SegmentReceiver.class)
                                .awaitApplied(shopLog.log(), 10, Generated.LONG)
                                .block();
                        context.getBean("forum", SegmentReceiver.class)
                                .awaitApplied(forumLog.log(), 20, Generated.LONG)
                                .block();
                        assertThat(context.getBean("sold", InMemorySignalLedger.class))
                                .holdsExactly(shopLog);
                        assertThat(context.getBean("discussed", InMemorySignalLedger.class))
                                .holdsExactly(forumLog);
                    });
        }
    }
}
