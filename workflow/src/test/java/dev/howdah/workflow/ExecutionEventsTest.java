package dev.howdah.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExecutionEventsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int STEPS = 1000;

    private final Database database = ProgramsTest.migrated();
    private final Database elsewhere = TestDatabase.open(database.settings());
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, ProgramsTest.SETTINGS);
    private final Programs programs = new Programs(database, queue);
    private final ExecutionEvents events = new ExecutionEvents(elsewhere);
    private final Semaphore permits = new Semaphore(0);
    private final Worker worker;

    ExecutionEventsTest() {
        programs.register("steps", (workflow, input) -> {
            for (int i = 0; i < STEPS; i++) {
                workflow.run("s" + i, permits::acquire);
            }
            return "";
        });
        worker = new Worker(queue, ProgramsTest.SETTINGS, programs.handlers());
    }

    @BeforeEach
    void start() {
        worker.start();
    }

    @AfterEach
    void stop() {
        permits.release(STEPS);
        worker.stop(Duration.ofSeconds(1));
        programs.close();
    }

    @Test
    void followersGetEveryEventInOrderUntilTheEnd() throws Exception {
        var id = programs.start("steps", 0);
        permits.release(100);
        var followers = IntStream.range(0, 10).mapToObj(i -> new CopyOnWriteArrayList<Long>()).toList();
        for (int i = 0; i < 10; i++) {
            var seen = followers.get(i);
            events.follow(id, i, event -> seen.add(event.sequence()));
        }
        await().atMost(LONG).until(() -> followers.stream().noneMatch(List::isEmpty));
        permits.release(STEPS);
        programs.awaitResult(id, LONG);
        for (int i = 0; i < 10; i++) {
            var seen = followers.get(i);
            await().atMost(LONG).until(() -> !seen.isEmpty() && seen.getLast() == STEPS + 2);
            assertThat(seen).containsExactlyElementsOf(LongStream.rangeClosed(i + 1L, STEPS + 2).boxed().toList());
        }
        var late = new CopyOnWriteArrayList<String>();
        events.follow(id, STEPS, event -> late.add(event.type()));
        await().atMost(LONG).until(() -> late.equals(List.of("step_completed", "workflow_completed")));
    }

    @Test
    void aClosedSubscriptionGetsNothingMore() {
        var id = programs.start("steps", 0);
        var seen = new CopyOnWriteArrayList<Long>();
        try (var subscription = events.follow(id, 0, event -> {
            seen.add(event.sequence());
            throw new IllegalStateException("a listener that cannot go on");
        })) {
            await().atMost(LONG).until(() -> seen.size() == 1);
            permits.release(10);
            await().atMost(LONG).until(() -> events.list(id, 10, 1).size() == 1);
            assertThat(subscription).isNotNull();
        }
        assertThat(seen).containsExactly(1L);
    }

    @Test
    void listsByPagesAndRefusesOthers() {
        var id = programs.start("steps", 0);
        permits.release(20);
        await().atMost(LONG).until(() -> events.list(id, 0, 100).size() == 21);
        assertThat(events.list(id, 5, 3)).extracting(ExecutionEvent::sequence).containsExactly(6L, 7L, 8L);
        assertThat(events.listBefore(id, 8, 3)).extracting(ExecutionEvent::sequence).containsExactly(7L, 6L, 5L);
        assertThat(events.listBefore(id, Long.MAX_VALUE, 1)).extracting(ExecutionEvent::sequence)
                .containsExactly(21L);
        assertThat(events.listBefore(id, 1, 10)).isEmpty();
        assertThatThrownBy(() -> events.listBefore(id, 1, 0)).isInstanceOf(InvalidInputException.class);
        assertThat(events.list(UUID.randomUUID(), 0, 10)).isEmpty();
        assertThatThrownBy(() -> events.list(id, 0, 0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> events.list(id, 0, ExecutionEvents.PAGE_MAX + 1))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> events.follow(UUID.randomUUID(), 0, event -> {}))
                .isInstanceOf(NotFoundException.class);
    }
}
