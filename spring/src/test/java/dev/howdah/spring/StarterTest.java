package dev.howdah.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.howdah.cache.Caches;
import dev.howdah.documents.Documents;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.sessions.Sessions;
import dev.howdah.spring.ai.HowdahChatMemoryRepository;
import dev.howdah.spring.cache.HowdahCacheManager;
import dev.howdah.spring.session.HowdahSessionRepository;
import dev.howdah.workflow.Programs;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** An application as its developers write it: nothing but the dependency and where the database is. */
class StarterTest {
    private final DatabaseSettings settings = TestDatabase.settings();

    record Greeting(String name) {}

    /** What the application does. */
    @Service
    static class Greetings {
        static final CompletableFuture<String> SAID = new CompletableFuture<>();
        static int looked;

        private final Tasks tasks;

        Greetings(Tasks tasks) {
            this.tasks = tasks;
        }

        @Transactional
        public UUID greet(String name) {
            return tasks.enqueue("greet", new Greeting(name));
        }

        @HandlesTask("greet")
        public void greet(Greeting greeting) {
            SAID.complete("hello " + greeting.name);
        }

        @Cacheable("names")
        public Greeting look(String name) {
            looked++;
            return new Greeting(name);
        }
    }

    /** The application. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableCaching
    @Import(Greetings.class)
    static class Application {}

    private ConfigurableApplicationContext start(String... more) {
        return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE).properties(
                "spring.datasource.url=" + settings.url(), "spring.datasource.username=" + settings.user(),
                "spring.datasource.password=" + settings.password(), "spring.main.banner-mode=off",
                "spring.datasource.hikari.maximum-pool-size=4", "howdah.database.pool-max=8",
                "howdah.database.pool-min-idle=0", "howdah.database.schema=" + settings.schema()).properties(more)
                .run();
    }

    @Test
    void everythingIsThereByItself() throws Exception {
        try (var context = start()) {
            for (var type : List.of(Database.class, Tasks.class, HowdahWorker.class, Programs.class, Caches.class,
                    HowdahCacheManager.class, Sessions.class, HowdahSessionRepository.class, Documents.class,
                    HowdahChatMemoryRepository.class)) {
                assertThat(context.getBeansOfType(type)).as(type.getSimpleName()).hasSize(1);
            }
            assertThat(context.getBean("howdahHealthIndicator")).isInstanceOf(HealthIndicator.class);
            var greetings = context.getBean(Greetings.class);
            greetings.greet("Ada");
            assertThat(Greetings.SAID.get(30, TimeUnit.SECONDS)).isEqualTo("hello Ada");
            assertThat(List.of(greetings.look("Bob"), greetings.look("Bob"))).containsOnly(new Greeting("Bob"));
            assertThat(Greetings.looked).as("classes of the application's package are trusted").isEqualTo(1);
            assertThat(new Migrator(context.getBean(Database.class), Migrations.ofModules("postgres", "queue",
                    "workflow", "cache", "sessions", "documents", "knowledge")).status().isUpToDate()).isTrue();
        }
    }

    @Test
    void whatIsWrongIsSaidWithItsRemedy() {
        var failure = catchThrowableOfType(BeanCreationException.class, () -> start("howdah.queue.lease=soon").close());
        var analysis = Objects.requireNonNull(new HowdahFailureAnalyzer().analyze(failure));
        assertThat(analysis.getDescription()).contains("howdah.queue.lease is \"soon\"");
    }
}
