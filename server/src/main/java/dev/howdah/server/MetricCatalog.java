package dev.howdah.server;

import java.util.Map;
import java.util.TreeMap;

/** What each of Howdah's own metrics says: the one place that names them all, from which the guide's table is tested. */
final class MetricCatalog {
    private static final Map<String, String> METRICS = metrics();

    private MetricCatalog() {}

    /** By names as Micrometer has them. */
    static Map<String, String> all() {
        return METRICS;
    }

    static String description(String metric) {
        var description = METRICS.get(metric);
        if (description == null) {
            throw new IllegalArgumentException("the metric " + metric + " is not in the catalogue; add it there");
        }
        return description;
    }

    private static Map<String, String> metrics() {
        var all = new TreeMap<String, String>();
        all.put("howdah.agent.streams", "Streams of agents' tasks that this process serves");
        all.put("howdah.agent.tasks", "Agents' tasks that have not ended, by state");
        all.put("howdah.backup.age.seconds", "Since the last good backup; NaN if there is none");
        all.put("howdah.backup.drill.age.seconds", "Since the last drill that restored a backup; NaN if there is none");
        all.put("howdah.backup.drill.failed", "1 if the last drill failed");
        all.put("howdah.cache.bytes", "Keys and values, by cache; estimated");
        all.put("howdah.cache.entries", "Entries, by cache");
        all.put("howdah.cache.evictions", "Entries that went because of bounds, by cache, of all processes");
        all.put("howdah.cache.hits", "Reads that found something, by cache, of all processes");
        all.put("howdah.cache.misses", "Reads that found nothing, by cache, of all processes");
        all.put("howdah.db.cache.hit.ratio", "Blocks read from the server's memory, since its statistics began");
        all.put("howdah.db.connections", "Connections to the database, of everybody, by state");
        all.put("howdah.db.connections.max", "Connections that the server takes at most");
        all.put("howdah.db.pool.acquire", "How long callers waited for a connection");
        all.put("howdah.db.pool.active", "Connections in use");
        all.put("howdah.db.pool.creation", "How long it took to make a connection");
        all.put("howdah.db.pool.idle", "Connections open and free");
        all.put("howdah.db.pool.max", "Connections that may be open");
        all.put("howdah.db.pool.min", "Idle connections that are kept");
        all.put("howdah.db.pool.timeouts", "Callers that got no connection in time");
        all.put("howdah.db.pool.usage", "How long callers kept a connection");
        all.put("howdah.db.pool.waiting", "Callers that wait for a connection");
        all.put("howdah.db.reads", "Reads of this process, by who answered them and why");
        all.put("howdah.db.replica.failures", "Reads that a replica failed, by replica");
        all.put("howdah.db.replica.lag.seconds", "How old what a replica knows is at most, by replica; NaN if unknown");
        all.put("howdah.db.replica.reads", "Reads that a replica answered, by replica");
        all.put("howdah.db.replica.ready",
                "1 if a replica may answer reads of this process, by replica; NaN if it is the primary");
        all.put("howdah.db.replica.wait", "Reads that waited for a replica to have what they ask for, and how long");
        all.put("howdah.db.replicas", "Replicas that stream from this server");
        all.put("howdah.db.replication.lag.seconds", "How far the last of them is behind");
        all.put("howdah.db.size.bytes", "The whole database");
        all.put("howdah.db.slow.statements", "Runs that reached the first threshold of the slow-query log");
        all.put("howdah.db.statement", "Statements of this process and their time, by type");
        all.put("howdah.db.statement.errors", "Statements that failed, by type");
        all.put("howdah.db.statement.error.ratio", "Statements that failed among those of the last minutes");
        all.put("howdah.db.statement.rate", "Statements per second in the last minutes");
        all.put("howdah.db.table.rows.dead", "Rows that wait to be removed, of the tables with the most");
        all.put("howdah.db.transaction.age",
                "Age of the oldest row in transactions; autovacuum hurries from 200 million on");
        all.put("howdah.db.transaction.oldest.seconds", "How long the oldest open transaction has lasted");
        all.put("howdah.db.xmin.age", "Transactions begun since the oldest one that somebody still has to see");
        all.put("howdah.imports", "Imports by state");
        all.put("howdah.knowledge.entries", "Entries of all collections that are searched; estimated");
        all.put("howdah.documents.changes.held.seconds",
                "How long the oldest change has waited that readers get when an older transaction has ended");
        all.put("howdah.knowledge.search", "Questions that this process answered and their time, by mode and outcome");
        all.put("howdah.documents", "Documents of all collections; estimated");
        all.put("howdah.mcp.requests.active", "Requests of MCP under way, those who listen among them");
        all.put("howdah.metrics.up", "Whether the source of metrics could be read");
        all.put("howdah.migrations.pending", "Migrations that are not applied");
        all.put("howdah.migrations.version", "The schema's version");
        all.put("howdah.push.deliveries", "Deliveries that wait or were given up, by state");
        all.put("howdah.queue.attempts", "Attempts that ended in this process, by queue and outcome");
        all.put("howdah.queue.dead.letters", "Tasks that failed for good in this process, by queue");
        all.put("howdah.queue.depth", "Tasks that are kept, by state");
        all.put("howdah.queue.latency", "From enqueueing to the start of the first attempt, by queue");
        all.put("howdah.queue.leases.expired", "Tasks of dead workers that this process gave back");
        all.put("howdah.queue.oldest.ready.seconds",
                "How long the oldest task that may run has been waiting, by queue");
        all.put("howdah.queue.oldest.wait.seconds", "How long the oldest task that may run has been waiting");
        all.put("howdah.queue.rows.dead", "Rows of live tasks that wait to be removed");
        all.put("howdah.queue.snapshot.age.seconds",
                "How long the oldest transaction keeps dead rows from being removed");
        all.put("howdah.queue.tasks", "Live tasks by queue and state");
        all.put("howdah.sessions.active", "Sessions that can be used");
        all.put("howdah.task.run", "How long handlers ran, by type of task and outcome");
        all.put("howdah.worker.active", "Tasks that this process runs");
        all.put("howdah.worker.capacity", "Tasks that this process may run at once");
        all.put("howdah.workflow.events", "What this process has committed to executions of definitions, by event");
        all.put("howdah.workflow.executions", "Executions that have not ended, by status");
        return all;
    }
}
