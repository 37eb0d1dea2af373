package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.MovableTasks;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.TaskMove;
import dev.howdah.queue.redis.RedisTaskQueue;
import dev.howdah.server.Howdah;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Moves queued tasks between PostgreSQL and Redis. */
@Command(name = "migrate", mixinStandardHelpOptions = true, description = "Moves queued tasks between PostgreSQL and Redis (REDIS_URL). May be killed and run again; have nothing enqueue into the source any more.")
final class MoveTasksCommand implements Callable<Integer> {
    private static final Duration WAIT_FOR_DATABASE = Duration.ofSeconds(30);

    /** A store of tasks. */
    enum Store {
        redis, postgres
    }

    @Mixin
    private Settings settings = new Settings();
    @Mixin
    private Output output = new Output();
    @Option(names = "--from", required = true, description = "Where tasks are now: ${COMPLETION-CANDIDATES}.")
    private Store from = Store.redis;
    @Option(names = "--abandon", description = "Gives back at the source what a killed move holds, for a target that is "
            + "gone for good or empty.")
    private boolean abandon;

    @Override
    public Integer call() {
        var loaded = settings.load();
        var url = loaded.redisUrl().orElseThrow(() -> new InvalidInputException("queue-migrate-invalid", "REDIS_URL",
                "is not set", "name the Redis, such as REDIS_URL=redis://localhost:6379"));
        try (var howdah = Howdah.open(loaded); var redis = RedisTaskQueue.open(url, loaded.queue())) {
            howdah.database().awaitReady(WAIT_FOR_DATABASE);
            howdah.migrator().up();
            var postgres = new PostgresTaskQueue(howdah.database(), loaded.queue());
            return move(from == Store.redis ? new TaskMove(redis, postgres) : new TaskMove(postgres, redis));
        }
    }

    private int move(TaskMove move) {
        if (abandon) {
            int count = move.abandon();
            return output.print(JsonMapper.shared().createObjectNode().put("queued_at_source", count),
                    out -> out.println(count + " tasks are queued at the source"));
        }
        var outcome = move.run();
        var left = outcome.left();
        var json = JsonMapper.shared().createObjectNode().put("moved", outcome.moved()).put("started_at_source",
                left.started()).put("bound_at_source", left.bound());
        json.set("refused", JsonMapper.shared().valueToTree(outcome.refused()));
        output.print(json, out -> {
            out.println("moved " + outcome.moved() + " tasks");
            outcome.refused()
                    .forEach(id -> out.println("left at the source, since the target cannot hold it (its key is "
                            + "taken there, or it needs what the target lacks): " + id));
            if (left.started() > 0) {
                out.println(left.started() + " tasks still run at the source; run this again when they have ended");
            }
            if (left.bound() > 0) {
                out.println(left.bound() + " tasks stay at the source, since they wait for others or others for them; "
                        + "let a worker run them there");
            }
        });
        return isDone(outcome.refused().isEmpty(), left) ? 0 : Main.FAILED;
    }

    private static boolean isDone(boolean noneRefused, MovableTasks.Left left) {
        return noneRefused && left.started() == 0 && left.bound() == 0;
    }
}
