package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Uuids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Several processes work on one queue, and everything that may happen to them does, in an order that a seed decides: they
 * die with tasks in hand, pause for longer than their leases and go on as if nothing had been, lose answers, roll back,
 * cancel and retry. Beside the database runs a model of what was promised; every answer is compared with it:
 *
 * <ul>
 * <li>what is claimed was free to be claimed, and within the limits; nothing of a higher priority was left behind;
 * <li>a completion or a heartbeat is accepted exactly if its claim holds, so no attempt ends twice;
 * <li>what was lost is found, and in the end every task has ended as the model says.
 * </ul>
 *
 * <p>Time passes by moving what is stored into the past, so that leases run out without waiting, and without a clock of the
 * processes: none of their clocks decides anything but ids, which is why those are made by skewed clocks here.
 */
final class Simulation {
    private static final String FREE = "free";
    private static final String LIMITED = "limited";
    private static final String TENANTS = "tenants";
    private static final int LIMITED_MAX = 2;
    private static final int PER_TENANT_MAX = 1;
    private static final int PROCESSES = 3;
    private static final int STEPS = 24;
    private static final int ROUNDS_MAX = 60;
    private static final Set<String> TYPES = Set.of("work");
    private static final Duration LEASE = Duration.ofSeconds(60);
    /** Leases and delays never end where a jump of the clock, of 25 or 75 seconds, ends; real time may not come near that. */
    private static final Duration REAL_TIME_MAX = Duration.ofSeconds(8);
    private static final List<Duration> SKEWS = List.of(Duration.ZERO, Duration.ofMinutes(-10), Duration.ofDays(3),
            Duration.ofDays(-400));
    private static final QueueSettings SETTINGS = QueueSettings.defaults().withRetry(Duration.ZERO, Duration.ZERO);

    private static final String PASS_OF_TASKS = """
        UPDATE tasks SET run_at = run_at - :seconds * interval '1 second'
        """;
    private static final String PASS_OF_CLAIMS = """
        UPDATE claims SET lease_until = lease_until - :seconds * interval '1 second'
        """;

    private final Database database;
    private final long seed;
    private final Random random;
    private final List<Instance> processes = new ArrayList<>();
    private final Map<UUID, Expected> model = new LinkedHashMap<>();
    private final List<String> story = new ArrayList<>();
    private int now;
    private int started;

    /** What a task should be like. */
    private static final class Expected {
        final UUID id;
        final String queue;
        final int priority;
        final Optional<String> partition;
        final Optional<String> key;
        final int maxAttempts;
        final Set<UUID> waitsFor;
        /** Of a lane, those that were always ready are claimed in this order. */
        Optional<Integer> order;
        int readyAt;
        int attempt;
        int attemptsEnd;
        int leaseUntil;
        TaskState state = TaskState.QUEUED;

        Expected(UUID id, NewTask task, int now, int order) {
            this.id = id;
            this.queue = task.queue();
            this.priority = task.priority();
            this.partition = task.partition();
            this.key = task.key();
            this.waitsFor = new HashSet<>(task.dependsOn());
            this.order = task.delay().isZero() && waitsFor.isEmpty() && partition.isEmpty()
                    ? Optional.of(order)
                    : Optional.empty();
            this.readyAt = now + (int) task.delay().toSeconds();
            this.maxAttempts = task.maxAttempts();
            this.attemptsEnd = maxAttempts;
        }

        @Override
        public String toString() {
            return id + " in " + queue + " at " + priority;
        }

        boolean isLive() {
            return state == TaskState.QUEUED || state == TaskState.STARTED;
        }
    }

    /** A process: what it has in memory is gone when it is killed. */
    private static final class Instance {
        final PostgresTaskQueue queue;
        final String name;
        final Map<UUID, ClaimedTask> inHand = new LinkedHashMap<>();
        boolean isNew = true;

        Instance(Database database, String name, Duration skew) {
            this.queue = new PostgresTaskQueue(database, SETTINGS, () -> skewed(Uuids.next(), skew));
            this.name = name;
        }
    }

    Simulation(Database database, long seed) {
        this.database = database;
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** Sets the limits that all seeds on this database share. */
    static void prepare(Database database) {
        var queues = new Queues(database);
        queues.limit(LIMITED, new QueueLimits(Optional.of(LIMITED_MAX), Optional.empty(), Optional.empty()));
        queues.set(TENANTS, QueueOptions.NONE.withPartitionLimits(new QueueLimits(Optional.of(PER_TENANT_MAX),
                Optional.empty(), Optional.empty())));
    }

    /** Plays the seed through. */
    void run() {
        long begin = System.nanoTime();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(start());
            }
            var paused = random.nextBoolean() ? processes.getFirst() : start(); // in half of the seeds, one is slow
            for (int step = 0; step < STEPS; step++) {
                step(paused);
            }
            runToTheEnd();
            compareWithStore();
        } catch (AssertionError | RuntimeException e) {
            boolean stalled = System.nanoTime() - begin > REAL_TIME_MAX.toNanos();
            throw new AssertionError((stalled ? "the machine stalled; " : "") + "seed " + seed + ": " + e.getMessage()
                    + "\n  " + String.join("\n  ", story), e);
        }
    }

    private Expected expected(UUID id) {
        return Optional.ofNullable(model.get(id)).orElseThrow(() -> new AssertionError("nobody enqueued " + id));
    }

    private Instance start() {
        return new Instance(database, "p" + started++, SKEWS.get(random.nextInt(SKEWS.size())));
    }

    private void step(Instance paused) {
        var process = processes.get(random.nextInt(PROCESSES));
        if (process == paused && random.nextInt(4) > 0) {
            return;
        }
        // a third of the seeds has few tasks, and is about leases
        switch (seed % 3 == 0 && !model.isEmpty() ? 6 + random.nextInt(12) : random.nextInt(18)) {
            case 0, 1, 2, 3 -> enqueue(process, random.nextInt(8) > 0);
            case 4, 5 -> cancelOrRetry(process);
            case 6, 7, 8 -> claim(process, random.nextInt(8) > 0);
            case 9, 10 -> complete(process, random.nextInt(8) > 0);
            case 11, 12 -> heartbeat(process);
            case 13, 14 -> pass(random.nextBoolean() ? 25 : 75);
            case 15, 16 -> recoverLost(process);
            default -> kill(process);
        }
    }

    private void enqueue(Instance process, boolean commits) {
        var tasks = new ArrayList<NewTask>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            tasks.add(newTask());
        }
        if (!commits) {
            tell(process, "enqueues and rolls back");
            rollBack(tx -> process.queue.enqueue(tx, tasks));
            return;
        }
        var ids = process.queue.enqueue(tasks);
        for (int i = 0; i < ids.size(); i++) {
            var id = ids.get(i);
            var task = tasks.get(i);
            var holder = model.values().stream().filter(other -> other.isLive() && task.key().isPresent()
                    && other.key.equals(task.key())).findFirst();
            if (holder.isPresent()) {
                assertThat(id).as("the key is held").isEqualTo(holder.get().id);
            } else {
                assertThat(model).as("ids are new").doesNotContainKey(id);
                tell(process, "enqueues " + task + " as " + id);
                var expected = new Expected(id, task, now, model.size());
                expected.waitsFor.removeIf(other -> expected(other).state == TaskState.FINISHED);
                model.put(id, expected);
            }
        }
    }

    private NewTask newTask() {
        var task = NewTask.of("work", JsonMapper.shared().createObjectNode())
                .withQueue(List.of(FREE, FREE, LIMITED, TENANTS).get(random.nextInt(4)))
                .withPriority(random.nextInt(2)).withMaxAttempts(1 + random.nextInt(3));
        if (task.queue().equals(TENANTS)) {
            task = task.withPartition("tenant-" + random.nextInt(2));
        }
        if (random.nextInt(5) == 0) {
            task = task.withDelay(Duration.ofSeconds(30));
        }
        if (random.nextInt(5) == 0) {
            task = task.withKey("key-" + random.nextInt(3));
        } else if (random.nextInt(5) == 0) {
            var others = model.values().stream().filter(other -> other.isLive() || other.state == TaskState.FINISHED)
                    .map(other -> other.id).toList(); // others are refused
            task = others.isEmpty() ? task : task.after(Set.of(any(others)));
        }
        return task;
    }

    private void end(Expected task, TaskState state) {
        task.state = state;
        for (var other : model.values()) {
            if (other.state == TaskState.QUEUED && other.waitsFor.contains(task.id)) {
                if (state == TaskState.FINISHED) {
                    other.waitsFor.remove(task.id);
                } else {
                    end(other, TaskState.CANCELLED);
                }
            }
        }
    }

    private boolean isClaimable(Expected task) {
        return task.state == TaskState.QUEUED && task.waitsFor.isEmpty() && task.readyAt <= now;
    }

    private void claim(Instance process, boolean answerArrives) {
        int limit = 1 + random.nextInt(4);
        var before = model.values().stream().filter(this::isClaimable).toList();
        var claims = process.queue.claim(process.name, TYPES, limit, LEASE);
        tell(process, "claims " + claims.stream().map(claim -> claim.id() + "#" + claim.attempt()).toList());
        assertThat(claims).hasSizeLessThanOrEqualTo(limit).extracting(ClaimedTask::id).doesNotHaveDuplicates();
        for (var claim : claims) {
            var task = expected(claim.id());
            assertThat(isClaimable(task)).as("%s may be claimed", claim.id()).isTrue();
            task.state = TaskState.STARTED;
            task.attempt++;
            task.leaseUntil = now + (int) LEASE.toSeconds();
            assertThat(claim.attempt()).as("attempt of %s", claim.id()).isEqualTo(task.attempt);
            if (answerArrives) {
                process.inHand.put(claim.id(), claim);
            }
        }
        checkLimits();
        if (process.isNew) { // has nothing in memory by which it could have passed over tasks
            checkOrder(before, claims, limit);
            process.isNew = false;
        }
    }

    private void checkLimits() {
        assertThat(started(LIMITED)).as("started in the limited queue").hasSizeLessThanOrEqualTo(LIMITED_MAX);
        assertThat(started(TENANTS).stream().collect(Collectors.groupingBy(task -> task.partition.orElseThrow(),
                Collectors.counting())).values())
                .as("started of a partition").allMatch(count -> count <= PER_TENANT_MAX);
    }

    private List<Expected> started(String queue) {
        return model.values().stream().filter(task -> task.state == TaskState.STARTED && task.queue.equals(queue))
                .toList();
    }

    private void checkOrder(List<Expected> before, List<ClaimedTask> claims, int limit) {
        var taken = claims.stream().map(claim -> expected(claim.id())).filter(task -> task.queue.equals(FREE))
                .toList();
        var left = before.stream().filter(task -> task.queue.equals(FREE) && task.state == TaskState.QUEUED).toList();
        if (claims.size() < limit) {
            assertThat(left).as("left behind though there was room").isEmpty();
        }
        for (var task : taken) {
            assertThat(left).as("passed over").noneMatch(other -> other.priority > task.priority
                    || (other.priority == task.priority && comesBefore(other, task)));
        }
        var ordered = taken.stream().sorted(Comparator.comparingInt(task -> -task.priority)).toList();
        assertThat(taken.stream().map(task -> task.priority)).as("priorities of one claim")
                .containsExactlyElementsOf(ordered.stream().map(task -> task.priority).toList());
    }

    private static boolean comesBefore(Expected one, Expected other) {
        return one.order.isPresent() && other.order.isPresent() && one.order.get() < other.order.get();
    }

    private boolean holds(ClaimedTask claim) {
        var task = expected(claim.id());
        return task.state == TaskState.STARTED && task.attempt == claim.attempt();
    }

    private void complete(Instance process, boolean commits) {
        var completions = new ArrayList<Completion>();
        for (var claim : process.inHand.values()) {
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> completions.add(new Completion.Finished(claim, JsonMapper.shared().createObjectNode()));
                case 3 -> completions.add(new Completion.Failed(claim, "no", random.nextBoolean()));
                case 4 -> completions.add(random.nextBoolean()
                        ? new Completion.Released(claim)
                        : new Completion.Snoozed(claim, Duration.ofSeconds(30)));
                default -> {
                } // goes on
            }
        }
        if (completions.isEmpty()) {
            return;
        }
        if (!commits) {
            tell(process, "completes and rolls back");
            rollBack(tx -> process.queue.complete(tx, completions));
            return;
        }
        var holding = completions.stream().filter(completion -> holds((ClaimedTask) completion.claim())).toList();
        var accepted = process.queue.complete(completions);
        tell(process, completions.stream().map(completion -> completion.getClass().getSimpleName() + " "
                + completion.claim().id() + "#" + completion.claim().attempt()).toList() + ", accepted " + accepted);
        assertThat(accepted).as("accepted completions").containsExactlyInAnyOrderElementsOf(holding.stream()
                .map(completion -> completion.claim().id()).toList());
        holding.forEach(this::settle);
        completions.forEach(completion -> process.inHand.remove(completion.claim().id()));
    }

    private void settle(Completion completion) {
        var task = expected(completion.claim().id());
        switch (completion) {
            case Completion.Finished _ -> end(task, TaskState.FINISHED);
            case Completion.Failed(var _, var _, var retryable) -> {
                if (retryable && task.attempt < task.attemptsEnd) {
                    task.state = TaskState.QUEUED;
                } else {
                    end(task, TaskState.FAILED);
                }
            }
            case Completion.Snoozed(var _, var delay) -> {
                task.state = TaskState.QUEUED;
                task.attemptsEnd++;
                task.readyAt = now + (int) delay.toSeconds();
                task.order = Optional.empty(); // lines up again
            }
            case Completion.Released _ -> {
                task.state = TaskState.QUEUED;
                task.attemptsEnd++;
            }
        }
    }

    private void heartbeat(Instance process) {
        var holding = process.inHand.values().stream().filter(this::holds).toList();
        var held = process.queue.heartbeat(process.inHand.values(), LEASE);
        tell(process, "heartbeats, holds " + held);
        assertThat(held).as("claims that hold").containsExactlyInAnyOrderElementsOf(holding.stream()
                .map(ClaimedTask::id).toList());
        holding.forEach(claim -> expected(claim.id()).leaseUntil = now + (int) LEASE.toSeconds());
    }

    private void pass(int seconds) {
        now += seconds;
        story.add(seconds + " s pass");
        for (var statement : List.of(PASS_OF_TASKS, PASS_OF_CLAIMS)) {
            database.withHandle(handle -> handle.createUpdate(statement).bind("seconds", seconds).execute());
        }
    }

    private void recoverLost(Instance process) {
        var lost = model.values().stream().filter(task -> task.state == TaskState.STARTED && task.leaseUntil < now)
                .toList();
        tell(process, "looks for lost ones: " + lost.stream().map(task -> task.id).toList());
        assertThat(process.queue.recoverLost(100)).as("lost").isEqualTo(lost.size());
        for (var task : lost) {
            if (task.attempt < task.attemptsEnd) {
                task.state = TaskState.QUEUED;
            } else {
                end(task, TaskState.FAILED);
            }
        }
    }

    private void cancelOrRetry(Instance process) {
        if (random.nextBoolean()) {
            cancel(process);
        } else {
            retry(process);
        }
    }

    private void cancel(Instance process) {
        if (model.isEmpty()) {
            return;
        }
        var task = expected(any(model.keySet()));
        tell(process, "cancels " + task.id);
        assertThat(isRefused(() -> process.queue.cancel(task.id))).as("cancelling is refused")
                .isEqualTo(!task.isLive());
        if (task.isLive()) {
            end(task, TaskState.CANCELLED);
        }
    }

    private void retry(Instance process) {
        if (model.isEmpty()) {
            return;
        }
        var task = expected(any(model.keySet()));
        boolean keyIsHeld = task.key.isPresent() && model.values().stream()
                .anyMatch(other -> other.isLive() && other.key.equals(task.key));
        boolean ended = task.state == TaskState.FAILED || task.state == TaskState.CANCELLED;
        tell(process, "retries " + task.id);
        assertThat(isRefused(() -> process.queue.retry(task.id))).as("retrying is refused")
                .isEqualTo(!ended || keyIsHeld);
        if (ended && !keyIsHeld) {
            task.state = TaskState.QUEUED;
            task.readyAt = now;
            task.order = Optional.empty();
            task.waitsFor.clear();
            task.attemptsEnd = task.attempt + task.maxAttempts;
        }
    }

    private static boolean isRefused(Runnable call) {
        try {
            call.run();
            return false;
        } catch (dev.howdah.postgres.ConflictException e) {
            return true;
        }
    }

    private void kill(Instance process) {
        tell(process, "dies with " + process.inHand.keySet());
        processes.set(processes.indexOf(process), start());
    }

    /** Everything lost is found, and everything is run by processes without a fault. */
    private void runToTheEnd() {
        for (int round = 0; model.values().stream().anyMatch(Expected::isLive); round++) {
            assertThat(round).as("rounds").isLessThan(ROUNDS_MAX);
            pass(75);
            var process = start();
            recoverLost(process);
            claim(process, true);
            var completions = process.inHand.values().stream().<Completion>map(claim -> new Completion.Finished(claim,
                    JsonMapper.shared().createObjectNode())).toList();
            assertThat(process.queue.complete(completions)).hasSize(completions.size());
            completions.forEach(this::settle);
        }
    }

    private void compareWithStore() {
        var found = processes.getFirst().queue.find(model.keySet()).stream()
                .collect(Collectors.toMap(Task::id, Task::state));
        var expected = new HashMap<UUID, TaskState>();
        model.values().forEach(task -> expected.put(task.id, task.state));
        assertThat(found).isEqualTo(expected);
    }

    private void rollBack(java.util.function.Consumer<dev.howdah.postgres.Transaction> work) {
        var rollback = new IllegalStateException("rolled back");
        try {
            database.useTransaction(tx -> {
                work.accept(tx);
                throw rollback;
            });
        } catch (IllegalStateException e) {
            assertThat(e).isSameAs(rollback);
        }
    }

    /** What a process would make whose clock is wrong. */
    private static UUID skewed(UUID id, Duration skew) {
        return new UUID(id.getMostSignificantBits() + (skew.toMillis() << 16), id.getLeastSignificantBits());
    }

    private UUID any(Collection<UUID> ids) {
        return List.copyOf(ids).get(random.nextInt(ids.size()));
    }

    private void tell(Instance process, String what) {
        story.add(process.name + " " + what);
    }
}
