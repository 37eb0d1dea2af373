package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.Schedule.CatchUp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SchedulesTest {
    private static final NewTask TASK = NewTask
            .of("report", JsonMapper.shared().createObjectNode().put("kind", "daily"))
            .withPriority(3).withTimeout(Duration.ofMinutes(5));

    private final Database database = PostgresTaskQueueTest.migrated();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, QueueSettings.defaults());
    private final Schedules schedules = new Schedules(database, queue);

    @Test
    void keepsWhatItIsTold() {
        var schedule = Schedule.cron("nightly", "30 2 * * *", ZoneId.of("Europe/Berlin"), TASK)
                .withCatchUp(CatchUp.SKIP);
        var entry = schedules.put(schedule);
        assertThat(entry.schedule()).isEqualTo(schedule);
        assertThat(entry.nextRunAt()).isAfter(Instant.now());
        assertThat(schedules.list()).containsExactly(entry);
        assertThat(schedule.upcoming(entry.nextRunAt(), 3)).hasSize(3).isSorted();
        schedules.delete("nightly");
        assertThatThrownBy(() -> schedules.get("nightly")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void movesTheNextTimeOnlyWhenTheRhythmChanges() {
        var first = schedules.put(Schedule.every("tick", Duration.ofHours(1), TASK)).nextRunAt();
        assertThat(schedules.put(Schedule.every("tick", Duration.ofHours(1), TASK.withPriority(9))).nextRunAt())
                .isEqualTo(first);
        assertThat(schedules.put(Schedule.every("tick", Duration.ofHours(2), TASK)).nextRunAt()).isAfter(first);
    }

    @Test
    void firesOnceHoweverManyProcessesLook() throws Exception {
        for (int i = 0; i < 20; i++) {
            schedules.put(Schedule.every("tick" + i, Duration.ofHours(1), TASK));
        }
        makeDue("1 second");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> process = () -> new Schedules(database, queue).runDue(100);
            int enqueued = 0;
            for (var one : threads.invokeAll(List.of(process, process, process, process))) {
                enqueued += one.get();
            }
            assertThat(enqueued + schedules.runDue(100)).isEqualTo(20);
        }
        assertThat(queue.list(TaskFilter.newest(100)).items()).hasSize(20).allSatisfy(task -> {
            assertThat(task.priority()).isEqualTo(3);
            assertThat(task.timeout()).contains(Duration.ofMinutes(5));
        });
        assertThat(schedules.get("tick0").lastTaskId()).isPresent();
        assertThat(schedules.get("tick0").nextRunAt()).isAfter(Instant.now());
    }

    @Test
    void makesUpForMissedFiringsAsItWasTold() {
        for (var catchUp : CatchUp.values()) {
            schedules.put(Schedule.every(catchUp.name(), Duration.ofMinutes(10), TASK.withQueue(
                    catchUp.name().toLowerCase(java.util.Locale.ROOT))).withCatchUp(catchUp));
        }
        makeDue("65 minutes");
        schedules.runDue(10);
        var byQueue = new Queues(database).list();
        assertThat(byQueue).extracting(Queues.Queue::name).containsExactlyInAnyOrder("one", "all");
        assertThat(byQueue).filteredOn(q -> q.name().equals("one")).extracting(Queues.Queue::queued)
                .containsExactly(1L);
        assertThat(byQueue).filteredOn(q -> q.name().equals("all")).extracting(Queues.Queue::queued)
                .containsExactly(7L);
        assertThat(schedules.list()).allSatisfy(entry -> assertThat(entry.nextRunAt()).isAfter(Instant.now()));
    }

    @Test
    void doesNotFireWhilePaused() {
        schedules.put(Schedule.every("tick", Duration.ofHours(1), TASK));
        assertThat(schedules.pause("tick").pausedAt()).isPresent();
        makeDue("1 second");
        assertThat(schedules.runDue(10)).isZero();
        schedules.resume("tick");
        assertThat(schedules.runDue(10)).isEqualTo(1);
        schedules.trigger("tick");
        assertThat(queue.list(TaskFilter.newest(10)).items()).hasSize(2);
    }

    @Test
    void firesByItself() {
        try (var scheduler = new Scheduler(schedules, database.notifications())) {
            scheduler.start();
            schedules.put(Schedule.every("tick", Duration.ofSeconds(1), TASK));
            await().atMost(Duration.ofSeconds(20)).until(() -> queue.list(TaskFilter.newest(10)).items().size() >= 2);
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> Schedule.cron("a b", "* * * * *", ZoneId.of("UTC"), TASK))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("is no name");
        assertThatThrownBy(() -> Schedule.every("tick", Duration.ofMillis(10), TASK)).hasMessageContaining("every");
        assertThatThrownBy(() -> schedules.pause("none")).isInstanceOf(NotFoundException.class);
    }

    private void makeDue(String since) {
        database.withHandle(handle -> handle.execute("UPDATE schedules SET next_run_at = now() - interval '" + since
                + "'"));
    }
}
