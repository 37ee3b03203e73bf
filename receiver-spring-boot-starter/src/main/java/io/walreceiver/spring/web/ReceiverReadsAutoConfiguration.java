package io.walreceiver.spring.web;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.spring.ReceiverAutoConfiguration;
import io.walreceiver.spring.config.Mistakes;
import io.walreceiver.spring.config.ReceiverProperties;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** The filter for reads that must see a position, if {@code wal-receiver.reads.paths} says for which. */
@AutoConfiguration(after = ReceiverAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnSingleCandidate(SegmentReceiver.class)
@Conditional(OnReadPaths.class)
public final class ReceiverReadsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PositionsWebFilter walReceiverPositionsWebFilter(
            SegmentReceiver receiver, ReceiverProperties properties, ServerCodecConfigurer codecs) {
        ReceiverProperties.Reads reads = properties.reads();
        return new PositionsWebFilter(receiver, patterns(reads.paths()), reads.maxWait(), reads.maxWaiters(), codecs);
    }

    private static List<PathPattern> patterns(List<String> paths) {
        Mistakes mistakes = new Mistakes();
        List<PathPattern> patterns = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            try {
                patterns.add(PathPatternParser.defaultInstance.parse(paths.get(i)));
            } catch (PatternParseException e) {
                mistakes.wrong(
                        "wal-receiver.reads.paths[" + i + "]", paths.get(i), "the pattern of a path, such as /api/**");
            }
        }
        mistakes.throwIfAny();
        return patterns;
    }
}
