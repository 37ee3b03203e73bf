package io.walreceiver.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.server.demo.DemoStory.Page;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoStoryTest {

    private static final long EVENTS = 66_210;

    @Test
    void everyLogIsWholeAndTimeGoesOn() throws IOException {
        DemoStory story = DemoStory.read();
        Map<LogId, Long> ends = new HashMap<>();
        long time = 0;

        for (Page page : story.pages()) {
            LogId log = page.segment().id().log();
            assertThat(page.firstSeq()).isEqualTo(ends.getOrDefault(log, 0L) + 1);
            ends.put(log, SegmentDecoder.decode(page.segment()).lastSeq());
            assertThat(page.timeNanos()).isGreaterThanOrEqualTo(time);
            time = page.timeNanos();
        }

        assertThat(ends.values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(EVENTS)
                .isEqualTo(story.events());
        assertThat(story.at(300)).hasSeconds(220);
    }
}
