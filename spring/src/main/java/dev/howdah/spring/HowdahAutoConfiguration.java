package dev.howdah.spring;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.EmbeddedPostgres;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.ReplicaSettings;
import dev.howdah.queue.CurrentTask;
import dev.howdah.queue.LogContext;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Queues;
import dev.howdah.queue.Schedules;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskMiddleware;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * The database and the task queue. Every bean steps back for one that the application declares itself.
 *
 * <p>The database is the one that {@code howdah.database.*} names, else the application's own ({@code spring.datasource.*}, a
 * container of the tests), else an embedded one if {@code howdah.spring.embedded} says where.
 */
@AutoConfiguration(afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnBooleanProperty(name = "howdah.spring.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HowdahProperties.class)
public final class HowdahAutoConfiguration {
    private static final String JDBC = "org.springframework.jdbc.datasource.DataSourceUtils";

    @Bean
    HowdahModule howdahPostgresModule() {
        return new HowdahModule("postgres");
    }

    @Bean
    HowdahModule howdahQueueModule() {
        return new HowdahModule("queue");
    }

    @Bean
    SpringSettings howdahSettings(Environment environment) {
        return new SpringSettings(environment);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty("howdah.spring.embedded")
    EmbeddedPostgres howdahEmbeddedPostgres(HowdahProperties properties) {
        return EmbeddedPostgres.start(Objects.requireNonNull(properties.embedded()));
    }

    /** Up to date when others get it, so that whatever they do at their start finds its tables. */
    @Bean
    @ConditionalOnMissingBean
    Database howdahDatabase(SpringSettings settings, HowdahProperties properties,
            ObjectProvider<DatabaseAddress> addresses, ObjectProvider<EmbeddedPostgres> embedded,
            ObjectProvider<HowdahModule> modules) {
        var database = Database.open(settings.read(configuration -> target(configuration,
                Optional.ofNullable(addresses.getIfAvailable()), Optional.ofNullable(embedded.getIfAvailable()))),
                settings.read(ReplicaSettings::from));
        try {
            database.awaitReady(properties.awaitDatabase());
            if (properties.migrate()) {
                new Migrator(database, Migrations.ofModules(modules.stream().map(HowdahModule::name).distinct()
                        .toArray(String[]::new))).up();
            }
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static DatabaseSettings target(Configuration configuration, Optional<DatabaseAddress> address,
            Optional<EmbeddedPostgres> embedded) {
        var settings = DatabaseSettings.from(configuration);
        if (DatabaseSettings.isExternal(configuration)) {
            return settings;
        }
        if (embedded.isPresent()) {
            return embedded.get().connect(settings);
        }
        var given = address.filter(DatabaseAddress::isPostgres).orElseThrow(() -> new ConfigurationException(List.of(
                "no PostgreSQL is named; set howdah.database.url, or spring.datasource.url if it is the application's "
                        + "own, or for development howdah.spring.embedded to a directory")));
        return settings.at(given.url(), given.user(), given.password());
    }

    @Bean
    @ConditionalOnMissingBean
    SpringTransactions howdahTransactions(Database database, ObjectProvider<DataSource> dataSource) {
        boolean isJdbcThere = ClassUtils.isPresent(JDBC, getClass().getClassLoader());
        return new SpringTransactions(database, Optional.ofNullable(isJdbcThere ? dataSource.getIfUnique() : null));
    }

    @Bean
    @ConditionalOnMissingBean
    QueueSettings howdahQueueSettings(SpringSettings settings) {
        return settings.read(QueueSettings::from);
    }

    @Bean
    @ConditionalOnMissingBean(TaskQueue.class)
    PostgresTaskQueue howdahTaskQueue(Database database, QueueSettings settings) {
        return new PostgresTaskQueue(database, settings);
    }

    @Bean
    @ConditionalOnMissingBean
    Queues howdahQueues(Database database) {
        return new Queues(database);
    }

    @Bean
    @ConditionalOnMissingBean
    Schedules howdahSchedules(Database database, TaskQueue queue) {
        return new Schedules(database, queue);
    }

    @Bean
    @ConditionalOnMissingBean
    Tasks howdahTasks(TaskQueue queue, SpringTransactions transactions, ObjectProvider<JsonMapper> mapper) {
        return new Tasks(queue, transactions, mapper.getIfUnique(JsonMapper::shared));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty(name = "howdah.spring.worker", matchIfMissing = true)
    HowdahWorker howdahWorker(TaskQueue queue, QueueSettings settings, Database database, Schedules schedules,
            ConfigurableListableBeanFactory beans, ObjectProvider<TaskMiddleware> middleware,
            ObjectProvider<TaskHandlers> others, ObjectProvider<JsonMapper> mapper) {
        var around = new ArrayList<TaskMiddleware>(List.of(new LogContext(), new CurrentTask()));
        middleware.orderedStream().forEach(around::add);
        return new HowdahWorker(queue, settings, new HowdahWorker.Parts(
                () -> AnnotatedMethod.find(beans, HandlesTask.class, TaskRun.class), () -> merged(others), around,
                schedules, database.notifications(), text -> resolved(beans, text)),
                mapper.getIfUnique(JsonMapper::shared));
    }

    private static Map<String, TaskHandler> merged(ObjectProvider<TaskHandlers> sources) {
        var handlers = new HashMap<String, TaskHandler>();
        sources.orderedStream().forEach(source -> handlers.putAll(source.handlers()));
        return handlers;
    }

    private static String resolved(ConfigurableListableBeanFactory beans, String text) {
        var value = beans.resolveEmbeddedValue(text);
        return value == null ? "" : value;
    }
}
