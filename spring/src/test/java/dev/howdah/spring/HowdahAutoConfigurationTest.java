package dev.howdah.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Schedules;
import dev.howdah.queue.TaskMiddleware;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskRun;
import dev.howdah.queue.TaskState;
import dev.howdah.workflow.Programs;
import dev.howdah.workflow.WorkflowContext;
import dev.howdah.workflow.Workflows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class HowdahAutoConfigurationTest extends SpringTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    record Invoice(String customer, int cents) {}

    record Receipt(String text, int attempt) {}

    /** Handles tasks, one of them by a schedule. */
    @Service
    static class Invoices {
        private final List<Invoice> seen = new CopyOnWriteArrayList<>();

        public List<Invoice> seen() {
            return seen;
        }

        @HandlesTask("${invoice.type:send-invoice}")
        Receipt send(Invoice invoice, TaskRun run) {
            seen.add(invoice);
            return new Receipt("to " + invoice.customer, run.attempt());
        }

        @HandlesTask(value = "clean-up", cron = "30 2 * * *", zone = "Europe/Berlin")
        void cleanUp() {
            throw new IllegalStateException("not at this time");
        }

        @HandlesTask(value = "look", every = "1h")
        @Transactional
        public void look(TaskRun run) {
            run.log("within a transaction: " + TransactionSynchronizationManager.isActualTransactionActive());
        }
    }

    /** Writes rows of its own, in a schema of its own, with a task. */
    @Service
    static class Orders {
        private final JdbcClient jdbc;
        private final Tasks tasks;

        Orders(javax.sql.DataSource dataSource, Tasks tasks) {
            this.jdbc = JdbcClient.create(dataSource);
            this.tasks = tasks;
        }

        @Transactional
        public UUID place(String customer, boolean fails) {
            jdbc.sql("CREATE TEMPORARY TABLE IF NOT EXISTS tasks (customer text)").update(); // not Howdah's
            var id = tasks.enqueue("send-invoice", new Invoice(customer, 310));
            jdbc.sql("INSERT INTO tasks VALUES (?)").param(customer).update();
            if (fails) {
                throw new IllegalStateException("no");
            }
            return id;
        }
    }

    @Test
    void aTaskCommitsWithTheRowsOfTheApplication() {
        application().withPropertyValues("howdah.spring.worker=false").withBean(Orders.class).run(context -> {
            var orders = context.getBean(Orders.class);
            var queue = context.getBean(TaskQueue.class);
            assertThat(context).doesNotHaveBean(HowdahWorker.class);
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> orders.place("Ada", true)))
                    .hasMessage("no");
            assertThat(count(context.getBean(Database.class))).isZero();
            var id = orders.place("Bob", false);
            assertThat(queue.find(id).orElseThrow().state()).isEqualTo(TaskState.QUEUED);
            assertThat(count(context.getBean(Database.class))).isEqualTo(1);
        });
    }

    private static int count(Database database) {
        return database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM tasks").mapTo(Integer.class)
                .one());
    }

    @Test
    void methodsOfBeansRunTasks() {
        application().withBean(Invoices.class).run(context -> {
            var tasks = context.getBean(Tasks.class);
            var queue = context.getBean(TaskQueue.class);
            var id = tasks.enqueue(tasks.task("send-invoice", new Invoice("Ada", 310)).withPriority(5));
            await().atMost(LIMIT).until(() -> queue.find(id).orElseThrow().state() == TaskState.FINISHED);
            assertThat(queue.find(id).orElseThrow().result().orElseThrow()).hasToString(
                    "{\"text\":\"to Ada\",\"attempt\":1}");
            assertThat(context.getBean(Invoices.class).seen()).containsExactly(new Invoice("Ada", 310));
            assertThat(context.getBean(HowdahWorker.class).health().orElseThrow().running()).isTrue();

            var looked = tasks.enqueue("look", java.util.Map.of());
            await().atMost(LIMIT).until(() -> queue.find(looked).orElseThrow().state() == TaskState.FINISHED);
            assertThat(queue.log(looked, 0, 10)).extracting(line -> line.text())
                    .containsExactly("within a transaction: true");
            assertThat(context.getBean(Schedules.class).list()).extracting(entry -> entry.schedule().name())
                    .containsExactlyInAnyOrder("clean-up", "look");
        });
    }

    @Test
    void aPayloadOfAnotherShapeFailsForGood() {
        application().withBean(Invoices.class).run(context -> {
            var queue = context.getBean(TaskQueue.class);
            var id = context.getBean(Tasks.class).enqueue("send-invoice", List.of("Ada"));
            await().atMost(LIMIT).until(() -> queue.find(id).orElseThrow().state() == TaskState.FAILED);
            assertThat(queue.find(id).orElseThrow().error().orElseThrow()).contains("payload",
                    "enqueue what send takes");
        });
    }

    /** A workflow in plain Java. */
    @Service
    static class Checkout {
        @RunsWorkflow("checkout")
        Receipt checkout(WorkflowContext workflow, Invoice invoice) throws Exception {
            var text = workflow.step("charge", () -> "charged " + invoice.cents, String.class);
            return new Receipt(text, 1);
        }
    }

    @Test
    void methodsOfBeansAreWorkflows() {
        application().withBean(Checkout.class).run(context -> {
            var programs = context.getBean(Programs.class);
            var id = context.getBean(SpringTransactions.class).call(tx -> programs.start(tx, "checkout",
                    new Invoice("Ada", 310)));
            assertThat(programs.awaitResult(id, LIMIT, Receipt.class)).contains(new Receipt("charged 310", 1));
            assertThat(context).hasSingleBean(Workflows.class);
        });
    }

    @Test
    void aWorkerGoesOnWhenItsContextDoes() {
        application().withBean(Checkout.class).withBean(Invoices.class).run(context -> {
            context.stop();
            assertThat(context.getBean(HowdahWorker.class).isRunning()).isFalse();
            context.start();
            var programs = context.getBean(Programs.class);
            assertThat(programs.awaitResult(programs.start("checkout", new Invoice("Ada", 5)), LIMIT, Receipt.class))
                    .contains(new Receipt("charged 5", 1));
        });
    }

    @Test
    void whatIsNotThereIsNotConfigured() {
        application().withClassLoader(new FilteredClassLoader(Workflows.class)).run(context -> assertThat(context)
                .hasSingleBean(PostgresTaskQueue.class).doesNotHaveBean("howdahPrograms"));
        application().withPropertyValues("howdah.spring.enabled=false").run(context -> assertThat(context)
                .hasNotFailed().doesNotHaveBean(Database.class).doesNotHaveBean("howdahPrograms"));
        withoutDatabase().withClassLoader(new FilteredClassLoader(JdbcConnectionDetails.class, DataSourceUtils.class))
                .withPropertyValues(database())
                .run(context -> assertThat(context.getBean(Tasks.class).enqueue("a", List.of())).isNotNull());
    }

    /** Beans of the application's own. */
    @Configuration(proxyBeanMethods = false)
    static class Own {
        static final Database DATABASE = TestDatabase.create();

        @Bean(destroyMethod = "")
        Database database() {
            return DATABASE;
        }

        @Bean
        QueueSettings queueSettings() {
            return QueueSettings.defaults().withConcurrency(3);
        }
    }

    @Test
    void stepsBackForBeansOfTheApplication() {
        application().withPropertyValues("howdah.spring.worker=false").withUserConfiguration(Own.class)
                .run(context -> {
                    assertThat(context.getBean(Database.class)).isSameAs(Own.DATABASE);
                    assertThat(context.getBean(QueueSettings.class).concurrency()).isEqualTo(3);
                });
    }

    @Test
    void settingsHaveTheirOwnNamesAndAreChecked() {
        application().withPropertyValues("howdah.queue.concurrency=7", "howdah.spring.worker=false")
                .run(context -> assertThat(context.getBean(QueueSettings.class).concurrency()).isEqualTo(7));
        application().withPropertyValues("howdah.queue.lease=soon").run(context -> assertThat(context).hasFailed()
                .getFailure().rootCause().isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("howdah.queue.lease is \"soon\""));
        withoutDatabase().withClassLoader(new FilteredClassLoader(JdbcConnectionDetails.class))
                .run(context -> assertThat(context).hasFailed().getFailure().rootCause()
                        .hasMessageContaining("set howdah.database.url, or spring.datasource.url"));
    }

    /** Two handlers of one type. */
    @Service
    static class Twice {
        @HandlesTask("a")
        void first() {}

        @HandlesTask("a")
        void second() {}
    }

    /** A handler that asks for too much. */
    @Service
    static class Greedy {
        @HandlesTask("a")
        void both(String one, String other) {}
    }

    /** A schedule of both kinds. */
    @Service
    static class Confused {
        @HandlesTask(value = "a", cron = "* * * * *", every = "1m")
        void both() {}
    }

    @Test
    void mistakesAreNamedAtTheStart() {
        application().withBean(Twice.class).run(context -> assertThat(context).hasFailed().getFailure().rootCause()
                .hasMessageContaining("two handlers"));
        application().withBean(Greedy.class).run(context -> assertThat(context).hasFailed().getFailure().rootCause()
                .hasMessageContaining("at most the payload and the TaskRun"));
        application().withBean(Confused.class).run(context -> assertThat(context).hasFailed().getFailure().rootCause()
                .hasMessageContaining("both cron and every"));
    }

    @Test
    void middlewareOfTheApplicationIsAroundHandlers() {
        var seen = new ArrayList<String>();
        application().withBean(Invoices.class).withBean(TaskMiddleware.class, () -> (run, next) -> {
            seen.add(run.task().type());
            return next.handle(run);
        }).run(context -> {
            var id = context.getBean(Tasks.class).enqueue("send-invoice", new Invoice("Ada", 1));
            await().atMost(LIMIT)
                    .until(() -> context.getBean(TaskQueue.class).find(id).orElseThrow().state() == TaskState.FINISHED);
            assertThat(seen).contains("send-invoice");
        });
    }
}
