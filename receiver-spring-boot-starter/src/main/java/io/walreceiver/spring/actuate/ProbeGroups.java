package io.walreceiver.spring.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Makes the receiver a member of the groups {@code liveness} and {@code readiness}, where there are such: whoever wrote what those include
 * knows better.
 */
final class ProbeGroups implements HealthEndpointGroupsPostProcessor, Ordered {

    static final String LIVENESS = "walReceiverLiveness";
    static final String READINESS = "walReceiverReadiness";

    private final Environment environment;

    ProbeGroups(Environment environment) {
        this.environment = environment;
    }

    /** Behind Spring Boot's, which makes the groups. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public HealthEndpointGroups postProcessHealthEndpointGroups(HealthEndpointGroups groups) {
        Map<String, HealthEndpointGroup> all = new LinkedHashMap<>();
        groups.getNames().forEach(name -> all.put(name, groups.get(name)));
        add(all, "liveness", LIVENESS);
        add(all, "readiness", READINESS);
        return HealthEndpointGroups.of(groups.getPrimary(), all);
    }

    private void add(Map<String, HealthEndpointGroup> groups, String group, String member) {
        String include = "management.endpoint.health.group." + group + ".include";
        boolean said = environment.containsProperty(include) || environment.containsProperty(include + "[0]");
        if (!said) {
            groups.computeIfPresent(group, (name, found) -> new WithMember(found, member));
        }
    }

    /** A group with one more member. */
    private record WithMember(HealthEndpointGroup group, String member) implements HealthEndpointGroup {

        @Override
        public boolean isMember(String name) {
            return name.equals(member) || group.isMember(name);
        }

        @Override
        public boolean showComponents(SecurityContext context) {
            return group.showComponents(context);
        }

        @Override
        public boolean showDetails(SecurityContext context) {
            return group.showDetails(context);
        }

        @Override
        public StatusAggregator getStatusAggregator() {
            return group.getStatusAggregator();
        }

        @Override
        public HttpCodeStatusMapper getHttpCodeStatusMapper() {
            return group.getHttpCodeStatusMapper();
        }

        @Override
        public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
            return group.getAdditionalPath();
        }
    }
}
