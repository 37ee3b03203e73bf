package io.walreceiver.spring.web;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether {@code wal-receiver.reads.paths} names any, as a list or with commas between them. */
final class OnReadPaths extends SpringBootCondition {

    private static final String PATHS = "wal-receiver.reads.paths";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        List<String> paths = Binder.get(context.getEnvironment())
                .bind(PATHS, Bindable.listOf(String.class))
                .orElse(List.of());
        return new ConditionOutcome(!paths.isEmpty(), ConditionMessage.of(PATHS + " is " + paths));
    }
}
