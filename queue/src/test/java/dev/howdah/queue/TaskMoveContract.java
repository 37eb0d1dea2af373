package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What moving tasks from one store to another promises, whatever the two are. */
public abstract class TaskMoveContract {
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final JsonMapper JSON = JsonMapper.shared();

    /** The store that the tasks are in; it is a {@link MovableTasks} too. */
    protected abstract TaskQueue source();

    /** An empty store; it is a {@link MovableTasks} too. */
    protected abstract TaskQueue target();

    @Test
    void movesAllThatWaitsWithAllThatItHas() {
        var at = Instant.now().plus(Duration.ofHours(1)).truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
        var payload = JSON.readTree("{\"text\":\"ä🐘\",\"big\":12345678901234567890}");
        var plain = source().enqueue(IntStream.range(0, 1200).mapToObj(this::task).toList());
        var special = source().enqueue(NewTask.of("b", payload).withQueue("mail").withPriority(7).withRunAt(at)
                .withKey("k").withTimeout(Duration.ofSeconds(90)).withMaxAttempts(5));
        var before = source().find(special).orElseThrow();

        var outcome = move();
        assertThat(outcome.moved()).isEqualTo(1201);
        assertThat(outcome.refused()).isEmpty();
        assertThat(source().list(TaskFilter.newest(10)).items()).isEmpty();
        var after = target().find(special).orElseThrow();
        assertThat(after.payload()).isEqualTo(payload);
        assertThat(after.runAt()).isEqualTo(at);
        assertThat(after.createdAt()).isEqualTo(before.createdAt());
        assertThat(List.of(after.queue(), after.priority(), after.key(), after.timeout(), after.maxAttempts(),
                after.state()))
                .isEqualTo(List.of("mail", 7, Optional.of("k"), Optional.of(Duration.ofSeconds(90)), 5,
                        TaskState.QUEUED));
        assertThat(target().enqueue(task(0).withKey("k"))).as("its key came with it").isEqualTo(special);
        assertThat(source().enqueue(task(0).withKey("k"))).as("and is free here").isNotEqualTo(special);
        assertThat(claimAll(target())).extracting(ClaimedTask::id).containsExactlyInAnyOrderElementsOf(plain);
    }

    @Test
    void losesAndDoublesNothingWhenItIsKilledBetweenStoringAndForgetting() {
        var ids = source().enqueue(IntStream.range(0, 30).mapToObj(this::task).toList());
        var held = from().hold(Optional.empty(), 20);
        to().store(held); // and killed
        assertThat(claimAll(source())).as("nobody runs at the source what is held").hasSize(10)
                .extracting(ClaimedTask::id)
                .doesNotContainAnyElementsOf(held.stream().map(LiveTask::id).toList());
        assertThat(source().recoverLost(100)).as("a hold does not run out").isZero();
        var run = claim(target(), 5);
        assertThat(target().complete(List.of(finished(run.get(0)), finished(run.get(1))))).hasSize(2);

        var outcome = move();
        assertThat(outcome.moved()).isEqualTo(20);
        assertThat(outcome.left().started()).as("what runs at the source is left to end").isEqualTo(10);
        var ran = new HashSet<UUID>();
        run.forEach(claim -> ran.add(claim.id()));
        claimAll(target()).forEach(claim -> assertThat(ran.add(claim.id())).as("not twice").isTrue());
        assertThat(ran).isEqualTo(Set.copyOf(held.stream().map(LiveTask::id).toList())).isSubsetOf(ids);
        assertThat(target().find(run.getFirst().id()).orElseThrow().state()).isEqualTo(TaskState.FINISHED);
    }

    @Test
    void fencesOffWhoHadATaskBefore() {
        var id = source().enqueue(task(1).withMaxAttempts(2));
        var first = claim(source(), 1).getFirst();
        source().complete(List.of(new Completion.Failed(first, "no", true)));
        var held = from().hold(Optional.empty(), 10);
        assertThat(held).singleElement().satisfies(task -> assertThat(task.error()).contains("no"));
        assertThat(source().complete(List.of(finished(first)))).as("a late result").isEmpty();
        assertThat(source().heartbeat(List.of(first), LEASE)).isEmpty();
        assertThat(from().hold(Optional.empty(), 10)).as("the same again").isEqualTo(held);

        assertThat(move().moved()).isEqualTo(1);
        var second = claim(target(), 1).getFirst();
        assertThat(second.id()).isEqualTo(id);
        assertThat(second.attempt()).isGreaterThan(first.attempt());
        assertThat(target().complete(List.of(finished(first)))).isEmpty();
        assertThat(second.attempt()).as("the hold took no attempt away").isEqualTo(second.maxAttempts());
        assertThat(target().complete(List.of(new Completion.Failed(second, "no", true)))).hasSize(1);
        assertThat(target().find(id).orElseThrow().state()).isEqualTo(TaskState.FAILED);
    }

    @Test
    void givesBackWhatItHoldsWhenItIsAbandoned() {
        var ids = source().enqueue(IntStream.range(0, 300).mapToObj(this::task).toList());
        var later = source().enqueue(task(0).withDelay(Duration.ofHours(1)));
        from().hold(Optional.empty(), 250);
        assertThat(new TaskMove(from(), to()).abandon()).isEqualTo(301);
        assertThat(claimAll(source())).extracting(ClaimedTask::id).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(source().find(later).orElseThrow().state()).isEqualTo(TaskState.QUEUED);
    }

    @Test
    void leavesATaskWhoseKeyIsTakenAtTheTarget() {
        var there = target().enqueue(task(1).withKey("k"));
        var here = source().enqueue(task(2).withKey("k"));
        var outcome = move();
        assertThat(outcome.moved()).isZero();
        assertThat(outcome.refused()).containsExactly(here);
        assertThat(source().find(here).orElseThrow().state()).isEqualTo(TaskState.QUEUED);
        target().cancel(there);
        assertThat(move().moved()).isEqualTo(1);
        assertThat(claim(target(), 10)).extracting(ClaimedTask::id).containsExactly(here);
    }

    protected final TaskMove.Outcome move() {
        return new TaskMove(from(), to()).run();
    }

    protected final MovableTasks from() {
        return (MovableTasks) source();
    }

    protected final MovableTasks to() {
        return (MovableTasks) target();
    }

    protected final NewTask task(int n) {
        return NewTask.of("a", JSON.createObjectNode().put("n", n));
    }

    private static Completion finished(ClaimedTask claim) {
        return new Completion.Finished(claim, JSON.createObjectNode());
    }

    protected static List<ClaimedTask> claim(TaskQueue queue, int limit) {
        return queue.claim("w", Set.of("a"), limit, LEASE);
    }

    private static List<ClaimedTask> claimAll(TaskQueue queue) {
        var all = new ArrayList<ClaimedTask>();
        for (var claims = claim(queue, 1000); !claims.isEmpty(); claims = claim(queue, 1000)) {
            all.addAll(claims);
        }
        return all;
    }
}
