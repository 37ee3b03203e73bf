package io.walreceiver.spring.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Tells what is wrong in {@code wal-receiver.*}, where that was said, and what to do. */
@Order(Ordered.HIGHEST_PRECEDENCE) // before the one that tells that binding failed
final class InvalidConfigurationAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationException> {

    private final Environment environment;

    InvalidConfigurationAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable root, InvalidConfigurationException cause) {
        List<Mistake> mistakes = cause.mistakes();
        String description = mistakes.stream().map(this::describe).collect(Collectors.joining("\n\n"));
        String action = mistakes.stream().map(Mistake::action).distinct().collect(Collectors.joining("\n"));
        return new FailureAnalysis(
                "The receiver cannot be made from the configuration:\n\n" + description, action, cause);
    }

    private String describe(Mistake mistake) {
        StringBuilder text = new StringBuilder("    Property: " + mistake.property());
        Optional<ConfigurationProperty> said = said(mistake.property());
        if (mistake.found() != null) { // otherwise it may be a secret
            Object value = said.map(ConfigurationProperty::getValue).orElse(mistake.found());
            text.append("\n    Value: \"").append(value).append('"');
        }
        said.map(ConfigurationProperty::getOrigin)
                .ifPresent(origin -> text.append("\n    Origin: ").append(origin));
        return text.append("\n    Expected: ").append(mistake.expected()).toString();
    }

    private Optional<ConfigurationProperty> said(String property) {
        if (!ConfigurationPropertyName.isValid(property)) {
            return Optional.empty();
        }
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .map(source -> source.getConfigurationProperty(name))
                .filter(Objects::nonNull)
                .findFirst();
    }
}
