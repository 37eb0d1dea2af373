package dev.howdah.server;

import dev.howdah.postgres.DatabaseHealth;
import dev.howdah.postgres.ReplicaStatus;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The document at {@code /health}: one status, what it follows from, and what to do about each problem. */
final class HealthReport {
    private static final JsonMapper JSON = JsonMapper.shared();

    private HealthReport() {}

    static ObjectNode of(Howdah howdah) {
        var startup = howdah.startup();
        var database = howdah.database().health();
        var worker = howdah.workerHealth();
        var report = JSON.createObjectNode();
        var problems = JSON.createArrayNode();
        if (!database.error().isEmpty()) {
            add(problems, database.error(), "howdah doctor tells more");
        }
        if (howdah.isEphemeral()) {
            add(problems, "nothing is kept: everything is deleted when this process ends", "unset "
                    + HowdahSettings.EPHEMERAL.name() + " to keep tasks and data");
        }
        if (!startup.isReady() && database.isUp()) {
            add(problems, startup.message(), "see the log");
        }
        var queueTrouble = howdah.queueTrouble();
        queueTrouble.ifPresent(trouble -> add(problems, trouble.problem(), trouble.remedy()));
        worker.filter(health -> health.isTroubled()).ifPresent(health -> add(problems,
                "the worker has failed since " + health.failingSince().map(Object::toString).orElse("now") + ": "
                        + health.lastError().orElse(""),
                "it goes on by itself once the cause is gone"));
        var replicas = howdah.database().replicas();
        replicas.stream().filter(replica -> !replica.problem().isEmpty()).forEach(replica -> add(problems,
                "replica " + replica.name() + " is " + TaskViews.label(replica.state()) + ": " + replica.problem(),
                "howdah replicas tells more"));
        var status = !database.isUp() || !startup.isReady() || queueTrouble.isPresent()
                ? "down"
                : problems.isEmpty() && database.status() == DatabaseHealth.Status.OK ? "ok" : "degraded";
        report.put("status", status).put("service", "howdah").put("version", HowdahServer.version())
                .put("database", "postgresql").put("database_connected", database.isUp())
                .put("database_type", "postgresql").put("database_version", database.version())
                .put("database_embedded", howdah.isEmbedded())
                .put("pgvector_enabled", database.isUp() && howdah.hasExtension("vector"))
                .put("vector_index", database.isUp() ? howdah.vectors().kind() : "unknown")
                .put("embedding_model", howdah.search().model().map(model -> model.id()).orElse("none"))
                .put("queue", howdah.isQueueInRedis() ? "redis" : "postgresql")
                .put("queue_connected", howdah.isQueueInRedis() ? queueTrouble.isEmpty() : database.isUp());
        var use = howdah.database().poolUse();
        report.putObject("pool").put("active", use.active()).put("idle", use.idle()).put("waiting", use.waiting())
                .put("max", use.max());
        report.putObject("replicas").put("configured", replicas.size()).put("ready",
                replicas.stream().filter(ReplicaStatus::isReady).count());
        report.set("worker", worker.map(health -> JSON.createObjectNode()
                .put("status", health.isTroubled() ? "degraded" : health.running() ? "ok" : "stopped")
                .put("active", health.active()).put("capacity", health.capacity()))
                .orElseGet(() -> JSON.createObjectNode().put("status", "elsewhere").put("active", 0)
                        .put("capacity", 0)));
        report.put("skills_registered", howdah.skills().all().size());
        report.set("problems", problems);
        return report;
    }

    private static void add(ArrayNode problems, String problem, String remedy) {
        problems.addObject().put("problem", problem).put("remedy", remedy);
    }
}
