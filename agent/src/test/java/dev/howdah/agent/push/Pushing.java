package dev.howdah.agent.push;

import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.agent.task.AgentOutcome;
import dev.howdah.agent.task.AgentTasks;
import dev.howdah.agent.task.TaskSettings;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An agent whose tasks make as many artifacts as they are told, with push notifications; workers are processes. */
final class Pushing implements AutoCloseable {
    static final Caller ADA = Caller.of("ada");
    /** Without pauses, so that nothing is waited for. */
    static final PushSettings EAGER = new PushSettings(Duration.ofSeconds(2), 3, Duration.ofHours(24), Duration.ZERO,
            Duration.ZERO, 1000, Duration.ofHours(1), Duration.ofHours(1), false);
    static final String KEY = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    final Database database = TestDatabase.create();
    final PostgresTaskQueue queue;
    final Push push;
    final AgentTasks tasks;
    private final QueueSettings queueSettings;
    private final OutboundHttp http;
    private final List<Worker> workers = new ArrayList<>();

    Pushing(PushSettings settings) {
        this(settings, Map.of("howdah.agent.http.allow-private", "true"), KEY);
    }

    Pushing(PushSettings settings, Map<String, String> httpSettings, String key) {
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "agent")).up();
        this.queueSettings = QueueSettings.from(Configuration.of(Map.of("howdah.queue.encryption-keys", key,
                "howdah.queue.lease", "1s", "howdah.queue.heartbeat", "200ms", "howdah.queue.poll-interval", "100ms")));
        this.queue = new PostgresTaskQueue(database, queueSettings);
        this.http = new OutboundHttp(OutboundHttpSettings.from(Configuration.of(httpSettings)));
        this.push = new Push(database, queue, http, settings, queueSettings);
        this.tasks = new AgentTasks(database, queue, run -> {
            int count = Integer.parseInt(run.message().text());
            for (int i = 0; i < count; i++) {
                run.artifact(Artifact.of("made-" + i, "made", List.of(Part.text("piece " + i))), false, true);
            }
            return AgentOutcome.completed();
        }, TaskSettings.defaults(), Optional.of(push));
    }

    /** A process that runs agents. */
    Pushing running() {
        return start(tasks.handlers());
    }

    /** A process that posts. */
    Pushing posting() {
        return start(push.handlers());
    }

    private Pushing start(Map<String, TaskHandler> handlers) {
        var worker = new Worker(queue, queueSettings, handlers);
        worker.start();
        workers.add(worker);
        return this;
    }

    /** A task that makes so many artifacts, all of which are posted; answers when it has ended. */
    UUID task(int artifacts, PushConfig config) throws InterruptedException {
        var request = SendMessageRequest.of(Message.ofUser(List.of(Part.text(Integer.toString(artifacts)))));
        var configuration = request.configuration();
        return UUID.fromString(((Task) tasks.send(ADA, new SendMessageRequest(request.message(),
                new SendMessageRequest.Configuration(configuration.acceptedOutputModes(), Optional.of(config),
                        configuration.historyLength(), configuration.returnImmediately()),
                request.metadata())))
                .id());
    }

    static PushConfig to(String url) {
        return new PushConfig("c1", "", url, Optional.empty(), Optional.empty());
    }

    List<PushDelivery> deliveries() {
        return push.deliveries().list(new PushDeliveryFilter(Optional.of("ada"), Optional.empty(), Optional.empty(),
                Optional.empty(), PushDeliveryFilter.LIMIT_MAX)).reversed();
    }

    List<PushDelivery.State> states() {
        return deliveries().stream().map(PushDelivery::state).toList();
    }

    PushEndpoint endpoint() {
        return push.deliveries().endpoints(Optional.of("ada"), "", 10).getFirst();
    }

    /** As if time had passed. */
    void later(String interval) {
        database.useTransaction(tx -> {
            PushLane.hold(tx, deliveries().stream().map(PushDelivery::taskId).toList());
            for (var sql : List.of(
                    "UPDATE push_deliveries SET due_at = due_at - :by::interval, created_at = created_at "
                            + "- :by::interval",
                    "UPDATE push_endpoints SET probe_at = probe_at - :by::interval, opened_at = "
                            + "opened_at - :by::interval")) {
                tx.handle().createUpdate(sql).bind("by", interval).execute();
            }
            var lanes = tx.handle().createQuery("SELECT DISTINCT task_id, config_id FROM push_deliveries "
                    + "WHERE state = 'pending' ORDER BY task_id, config_id")
                    .map((row, context) -> PushLane.of(row)).list();
            queue.enqueue(tx, lanes.stream().map(PushLane::taskNow).toList());
        });
    }

    @Override
    public void close() {
        tasks.close();
        workers.forEach(worker -> worker.stop(Duration.ZERO));
        http.close();
        database.close();
    }
}
