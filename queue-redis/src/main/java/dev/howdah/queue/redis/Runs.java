package dev.howdah.queue.redis;

import dev.howdah.queue.Claim;
import dev.howdah.queue.ClaimedTask;
import dev.howdah.queue.Completion;
import dev.howdah.queue.PayloadCodec;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The life of attempts: claimed, kept alive, reported on, ended or lost; and what becomes of ended tasks. */
final class Runs {
    private static final Script CLAIM = Script.of("claim");
    private static final Script HEARTBEAT = Script.of("heartbeat");
    private static final Script COMPLETE = Script.of("complete");
    private static final Script REPORT = Script.of("report");
    private static final Script RECOVER = Script.of("recover");
    private static final Script DELETE = Script.of("delete");
    private static final Script MAINTAIN = Script.of("maintain");

    private static final String LOST = "the worker stopped sending heartbeats; its process or connection died";
    /** Payloads that one claim answers; a single task may have more. */
    private static final int CLAIM_BYTES_MAX = 16 << 20;
    private static final int CLAIM_STRIDE = 8;
    private static final int LINES_MAX = 100_000;
    private static final int LINES_BATCH_MAX = 1000;

    private final RedisServer server;
    private final String keys;
    private final QueueSettings settings;
    private final PayloadCodec codec;
    /** When the next delayed task may run, on the clock of {@link System#nanoTime}. */
    private volatile @Nullable Long nextAt;

    Runs(RedisServer server, String keys, QueueSettings settings, PayloadCodec codec) {
        this.server = server;
        this.keys = keys;
        this.settings = settings;
        this.codec = codec;
    }

    List<ClaimedTask> claim(String worker, Set<String> types, int limit, Duration lease) {
        var claimed = new ArrayList<ClaimedTask>();
        while (!types.isEmpty() && claimed.size() < limit) {
            int wanted = Math.min(limit - claimed.size(), Batches.TASKS_MAX);
            int before = claimed.size();
            claimOnce(worker, types, wanted, lease, claimed);
            if (claimed.size() - before < wanted) {
                break;
            }
        }
        return claimed;
    }

    private void claimOnce(String worker, Set<String> types, int limit, Duration lease, List<ClaimedTask> claimed) {
        var arguments = new ArrayList<String>(types.size() + 4);
        arguments.add(worker);
        arguments.add(Long.toString(lease.toMillis()));
        arguments.add(Integer.toString(limit));
        arguments.add(Integer.toString(CLAIM_BYTES_MAX));
        arguments.addAll(types);
        var answer = CLAIM.run(server, keys, arguments).stream().map(String::valueOf).toList();
        var leaseUntil = StoredTask.instantOf(answer.get(0)).plus(lease);
        nextAt = answer.get(1).isEmpty()
                ? null
                : Long.valueOf(System.nanoTime() + Duration.ofMillis(Long.parseLong(answer.get(1))).toNanos());
        for (int i = 2; i < answer.size(); i += CLAIM_STRIDE) {
            var timeout = answer.get(i + 7);
            claimed.add(new ClaimedTask(UUID.fromString(answer.get(i)), answer.get(i + 1), answer.get(i + 2),
                    StoredTask.json(codec, answer.get(i + 3)), Integer.parseInt(answer.get(i + 4)),
                    Integer.parseInt(answer.get(i + 5)), worker, StoredTask.instantOf(answer.get(i + 6)), leaseUntil,
                    timeout.isEmpty() ? Optional.empty() : Optional.of(Duration.ofMillis(Long.parseLong(timeout))),
                    Optional.empty(), Optional.empty()));
        }
    }

    Optional<Duration> untilNext() {
        return Optional.ofNullable(nextAt).map(at -> Duration.ofNanos(Math.max(0, at - System.nanoTime())));
    }

    Set<UUID> heartbeat(Collection<? extends Claim> claims, Duration lease) {
        var held = new HashSet<UUID>();
        for (var batch : Batches.of(List.<Claim>copyOf(claims))) {
            var arguments = new ArrayList<String>(batch.size() * 2 + 1);
            arguments.add(Long.toString(lease.toMillis()));
            for (var claim : batch) {
                arguments.add(claim.id().toString());
                arguments.add(Integer.toString(claim.attempt()));
            }
            var lost = HEARTBEAT.run(server, keys, arguments);
            held.addAll(allBut(batch.stream().map(Claim::id).toList(), lost));
        }
        return held;
    }

    /** A completion as the script takes it. */
    private record Ending(Claim claim, String outcome, String said, boolean retryable, Duration pause) {}

    Set<UUID> complete(List<Completion> completions) {
        var accepted = new HashSet<UUID>();
        var endings = completions.stream().map(this::ending).toList();
        for (var batch : Batches.of(endings, ending -> ending.said.length())) {
            var arguments = new ArrayList<String>(batch.size() * 6);
            for (var ending : batch) {
                arguments.add(ending.claim.id().toString());
                arguments.add(Integer.toString(ending.claim.attempt()));
                arguments.add(ending.outcome);
                arguments.add(ending.said);
                arguments.add(ending.retryable ? "1" : "0");
                arguments.add(Long.toString(ending.pause.toMillis()));
            }
            var refused = COMPLETE.run(server, keys, arguments);
            accepted.addAll(allBut(batch.stream().map(ending -> ending.claim.id()).toList(), refused));
        }
        return accepted;
    }

    private Ending ending(Completion completion) {
        var claim = completion.claim();
        return switch (completion) {
            case Completion.Finished(var _, var result) -> {
                var text = result.toString();
                yield PayloadCodec.holdsNul(text)
                        ? new Ending(claim, "failed", "the result holds the character U+0000, which cannot be stored",
                                false, Duration.ZERO)
                        : new Ending(claim, "finished", codec.encode(text), false, Duration.ZERO);
            }
            case Completion.Failed(var _, var error, var retryable) -> new Ending(claim, "failed",
                    error.replace('\0', '\uFFFD'), retryable, settings.retryPause(claim.attempt()));
            case Completion.Snoozed(var _, var delay) -> new Ending(claim, "snoozed", "", true, delay);
            case Completion.Released(var _) -> new Ending(claim, "released", "", true, Duration.ZERO);
        };
    }

    void report(List<TaskReport> reports) {
        var arguments = new ArrayList<String>();
        for (var report : reports) {
            boolean first = true;
            var lines = report.lines();
            for (int from = 0; first || from < lines.size(); from += LINES_BATCH_MAX) {
                var some = lines.subList(Math.min(from, lines.size()), Math.min(from + LINES_BATCH_MAX, lines.size()));
                arguments.add(report.claim().id().toString());
                arguments.add(Integer.toString(report.claim().attempt()));
                arguments.add(first ? report.progress().map(Object::toString).orElse("") : "");
                arguments.add(Integer.toString(some.size()));
                arguments.addAll(some);
                first = false;
                if (arguments.size() >= LINES_BATCH_MAX) {
                    send(arguments);
                }
            }
        }
        send(arguments);
    }

    private void send(List<String> arguments) {
        if (!arguments.isEmpty()) {
            arguments.addFirst(Integer.toString(LINES_MAX));
            REPORT.count(server, keys, arguments);
            arguments.clear();
        }
    }

    int recoverLost(int limit) {
        return inBatches(limit, batch -> RECOVER.count(server, keys, List.of(Integer.toString(batch), LOST)));
    }

    int deleteEnded(Duration olderThan, int limit) {
        var age = Long.toString(olderThan.toMillis());
        return inBatches(limit, batch -> DELETE.count(server, keys, List.of(age, Integer.toString(batch))));
    }

    void forgetResults() {
        inBatches(Batches.TASKS_MAX * 10, batch -> MAINTAIN.count(server, keys,
                List.of(Integer.toString(batch))));
    }

    /** Until there is nothing left or the limit is reached. */
    private static int inBatches(int limit, java.util.function.IntUnaryOperator step) {
        int done = 0;
        while (done < limit) {
            int batch = Math.min(limit - done, Batches.TASKS_MAX);
            int count = step.applyAsInt(batch);
            done += count;
            if (count < batch) {
                break;
            }
        }
        return done;
    }

    /** All but those with these indexes. */
    static Set<UUID> allBut(List<UUID> ids, List<?> indexes) {
        var but = Set.copyOf(indexes);
        var rest = new HashSet<UUID>();
        for (int i = 0; i < ids.size(); i++) {
            if (!but.contains((long) i)) {
                rest.add(ids.get(i));
            }
        }
        return rest;
    }
}
