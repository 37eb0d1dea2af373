package dev.howdah.spring;

import dev.howdah.postgres.Database;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Whether the database answers and the worker gets on, for whoever has Actuator. */
@AutoConfiguration(after = HowdahAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Database.class)
@ConditionalOnEnabledHealthIndicator("howdah")
public final class HealthAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "howdahHealthIndicator")
    HealthIndicator howdahHealthIndicator(Database database, ObjectProvider<HowdahWorker> workers) {
        return () -> health(database, workers);
    }

    private static Health health(Database database, ObjectProvider<HowdahWorker> workers) {
        var state = database.health();
        var worker = workers.stream().flatMap(each -> each.health().stream()).findFirst();
        boolean isWell = state.isUp() && worker.stream().noneMatch(each -> each.isTroubled());
        var health = (isWell ? Health.up() : Health.down()).withDetail("database", state.isUp() ? "up" : "down");
        worker.ifPresent(each -> health.withDetail("running", each.active()).withDetail("slots", each.capacity()));
        worker.flatMap(each -> each.lastError()).ifPresent(error -> health.withDetail("error", error));
        return health.build();
    }
}
