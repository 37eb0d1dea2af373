package dev.howdah.spring;

import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.TestDatabase;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** An application with a DataSource of its own, and Howdah in the same database. */
abstract class SpringTest {
    final DatabaseSettings settings = TestDatabase.settings();

    /** Proxies by class, as in an application of Spring Boot. */
    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(proxyTargetClass = true)
    static class Application {}

    /** With the starter. */
    ApplicationContextRunner application() {
        return withoutDatabase().withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
                DataSourceTransactionManagerAutoConfiguration.class))
                .withPropertyValues("spring.datasource.url=" + settings.url(),
                        "spring.datasource.username=" + settings.user(),
                        "spring.datasource.password=" + settings.password(),
                        "spring.datasource.hikari.maximum-pool-size=4");
    }

    ApplicationContextRunner withoutDatabase() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(
                DatabaseAddressAutoConfiguration.class, HowdahAutoConfiguration.class,
                WorkflowAutoConfiguration.class)).withUserConfiguration(Application.class)
                .withPropertyValues("howdah.database.schema=" + settings.schema(), "howdah.database.pool-max=8",
                        "howdah.database.pool-min-idle=0");
    }

    /** Names Howdah's database by itself. */
    String[] database() {
        return new String[]{"howdah.database.url=" + settings.url(), "howdah.database.user=" + settings.user(),
                "howdah.database.password=" + settings.password(), "howdah.database.schema=" + settings.schema()};
    }
}
