package dev.howdah.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.testing.TestEnvironment;
import dev.howdah.workflow.Programs;
import dev.howdah.workflow.WorkflowContext;
import dev.howdah.workflow.WorkflowFailedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;

/** A test as the developers of an application write it. */
@ExtendWith(SpringExtension.class)
@SpringBootTest(classes = TestedApplicationTest.Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
@DirtiesContext
class TestedApplicationTest {
    private static final TestEnvironment HOWDAH = TestEnvironment.create();

    @Autowired
    private Orders orders;
    @Autowired
    private Programs programs;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry properties) {
        var settings = HOWDAH.settings();
        properties.add("spring.datasource.url", settings::url);
        properties.add("spring.datasource.username", settings::user);
        properties.add("spring.datasource.password", settings::password);
        properties.add("howdah.database.schema", settings::schema);
    }

    @AfterAll
    static void close() {
        HOWDAH.close();
    }

    record Order(String id) {}

    /** What the application does. */
    @Service
    static class Orders {
        private final Tasks tasks;
        private final List<String> done = new CopyOnWriteArrayList<>();

        Orders(Tasks tasks) {
            this.tasks = tasks;
        }

        @Transactional
        public void place(Order order) {
            tasks.enqueue("send-invoice", order);
            tasks.enqueue(tasks.task("remind", order).withDelay(Duration.ofDays(14)));
        }

        public List<String> done() {
            return List.copyOf(done);
        }

        @HandlesTask("send-invoice")
        void send(Order order) {
            done.add("invoice " + order.id);
        }

        @RunsWorkflow(value = "approval", timeout = "${approval.timeout:7d}")
        JsonNode approve(WorkflowContext workflow, Order order) {
            return workflow.awaitSignal("approved");
        }

        @HandlesTask("remind")
        void remind(Order order) {
            done.add("reminder " + order.id);
        }
    }

    /** The application. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(Orders.class)
    static class Application {}

    @Test
    void remindsAfterTwoWeeks() {
        orders.place(new Order("7"));
        HOWDAH.tasks().awaitIdle(Duration.ofSeconds(30));
        HOWDAH.tasks().assertEnqueued("remind", new Order("7"));
        assertThat(orders.done()).containsExactly("invoice 7");
        HOWDAH.clock().advance(Duration.ofDays(14));
        HOWDAH.tasks().awaitIdle(Duration.ofSeconds(30));
        assertThat(orders.done()).containsExactly("invoice 7", "reminder 7");
    }

    @Test
    void anApprovalThatDoesNotComeFails() {
        var id = programs.start("approval", new Order("7"));
        HOWDAH.tasks().awaitIdle(Duration.ofSeconds(30));
        HOWDAH.clock().advance(Duration.ofDays(7));
        assertThatThrownBy(() -> programs.awaitResult(id, Duration.ofSeconds(30)))
                .isInstanceOf(WorkflowFailedException.class).hasMessageContaining("did not end within 7d");
    }
}
