package dev.howdah.workflow;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Waits for the ends of executions: one map and one subscription for all who wait in this process. What ends here is known at
 * once; a wake-up from elsewhere makes one statement for all that are waited for, and so does a slow poll behind it.
 * Thread-safe.
 */
final class ProgramResults implements AutoCloseable {
    /** Executions that were started here and that nobody has waited for yet; of older ones the database is asked. */
    private static final int STARTED_MAX = 10_000;
    private static final int ASK_MAX = 1000;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(ProgramResults.class);

    private final Database database;
    private final Map<UUID, CompletableFuture<Outcome>> started = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<UUID> startedInOrder = new ConcurrentLinkedQueue<>();
    private final AtomicInteger startedCount = new AtomicInteger();
    private final Map<UUID, Awaited> awaited = new ConcurrentHashMap<>();
    private final Semaphore look = new Semaphore(0);
    /** Only the loop touches it. */
    private long polledAt = System.nanoTime();
    private @Nullable Subscription subscription;
    private @Nullable Thread thread;

    ProgramResults(Database database) {
        this.database = database;
    }

    /**
     * An execution that so many wait for.
     *
     * @param isOurs it was started here, and most likely ends here
     */
    private record Awaited(CompletableFuture<Outcome> outcome, boolean isOurs, int waiters) {}

    /** How an execution ended. */
    record Outcome(UUID id, String program, String status, JsonNode output, String error) {
        JsonNode result() {
            return switch (status) {
                case "completed" -> output;
                case "cancelled" -> throw new WorkflowFailedException("workflow-cancelled",
                        "execution " + id + " of \"" + program + "\" was cancelled", "");
                default -> throw new WorkflowFailedException("workflow-failed",
                        "execution " + id + " of \"" + program + "\" failed: " + error,
                        "see its events; fork starts another one from a step");
            };
        }
    }

    /** An execution was started here, and may run here. */
    void started(UUID id) {
        started.put(id, new CompletableFuture<>());
        startedInOrder.add(id);
        if (startedCount.incrementAndGet() > STARTED_MAX) {
            var oldest = startedInOrder.poll();
            if (oldest != null) {
                startedCount.decrementAndGet();
                started.remove(oldest);
            }
        }
    }

    /** An execution has ended here. */
    void ended(UUID id, Supplier<Outcome> outcome) {
        if (started.containsKey(id) || awaited.containsKey(id)) {
            ended(outcome.get());
        }
    }

    void ended(Outcome outcome) {
        var here = started.get(outcome.id);
        if (here != null) {
            here.complete(outcome);
        }
        var there = awaited.get(outcome.id);
        if (there != null) {
            there.outcome.complete(outcome);
        }
    }

    Optional<Outcome> await(UUID id, Duration limit) throws InterruptedException {
        startOnce();
        var here = started.get(id);
        var future = Objects.requireNonNull(awaited.compute(id, (key, known) -> known == null
                ? new Awaited(here == null ? new CompletableFuture<>() : here, here != null, 1)
                : new Awaited(known.outcome, known.isOurs, known.waiters + 1))).outcome;
        started.remove(id); // whoever ends it finds it among the awaited from now on
        try {
            if (here == null && !future.isDone()) {
                ask(List.of(id));
            }
            return Optional.of(future.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody completes it so
        } finally {
            awaited.computeIfPresent(id, (key, known) -> known.waiters == 1
                    ? null
                    : new Awaited(known.outcome, known.isOurs, known.waiters - 1));
        }
    }

    private synchronized void startOnce() {
        if (thread == null) {
            subscription = database.notifications().subscribe(EventWakes.ENDED, look::release);
            thread = Thread.ofVirtual().name("howdah-results").start(this::askLoop);
        }
    }

    /** Wake-ups come with every end here as well; for ours the poll is enough. */
    private void askLoop() {
        try {
            while (true) {
                boolean isWoken = look.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
                look.drainPermits();
                boolean isPollDue = System.nanoTime() - polledAt >= POLL.toNanos();
                if (isPollDue) {
                    polledAt = System.nanoTime();
                }
                askFor(awaited.entrySet().stream().filter(entry -> !isWoken || isPollDue || !entry.getValue().isOurs)
                        .map(Map.Entry::getKey).toList());
            }
        } catch (InterruptedException e) {
            LOG.debug("Results are no longer waited for");
        }
    }

    private void askFor(List<UUID> ids) {
        try {
            for (int from = 0; from < ids.size(); from += ASK_MAX) {
                ask(ids.subList(from, Math.min(ids.size(), from + ASK_MAX)));
            }
        } catch (UnavailableException e) {
            LOG.debug("Ends of executions are looked for when the database is back", e);
        } catch (RuntimeException e) {
            LOG.warn("Ends of executions could not be read", e);
        }
    }

    private void ask(Collection<UUID> ids) {
        var ended = database.withHandle(handle -> handle.createQuery(ProgramSql.ENDED)
                .bind("ids", ids.toArray(UUID[]::new))
                .map((row, context) -> {
                    var output = row.getString("output");
                    var error = row.getString("error_message");
                    return new Outcome(row.getObject("id", UUID.class), row.getString("workflow_id"),
                            row.getString("status"),
                            output == null ? JsonMapper.shared().nullNode() : JsonMapper.shared().readTree(output),
                            error == null ? "" : error);
                }).list());
        new ArrayList<>(ended).forEach(this::ended);
    }

    @Override
    public synchronized void close() {
        if (subscription != null) {
            subscription.close();
        }
        if (thread != null) {
            thread.interrupt();
        }
    }
}
