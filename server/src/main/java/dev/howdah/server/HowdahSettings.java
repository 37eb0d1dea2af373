package dev.howdah.server;

import dev.howdah.workflow.WorkflowSettings;
import dev.howdah.agent.AgentSettings;
import dev.howdah.agent.card.CardSettings;
import dev.howdah.agent.grpc.GrpcSettings;
import dev.howdah.agent.a2a.A2aSettings;
import dev.howdah.agent.push.PushSettings;
import dev.howdah.agent.client.RemoteAgentSettings;
import dev.howdah.agent.task.TaskSettings;
import dev.howdah.cache.CacheSettings;
import dev.howdah.documents.DocumentSettings;
import dev.howdah.knowledge.KnowledgeSettings;
import dev.howdah.knowledge.weaviate.WeaviateSettings;
import dev.howdah.operations.backup.BackupSettings;
import dev.howdah.operations.imports.ImportSettings;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.ReplicaSettings;
import dev.howdah.postgres.Setting;
import dev.howdah.queue.QueueSettings;
import dev.howdah.sessions.SessionSettings;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that can be set, read and checked once.
 *
 * @param replicas who may answer reads beside the primary
 * @param redisUrl where tasks may be kept
 * @param queueInRedis whether they are
 * @param cache limits and rhythm of caches
 * @param weaviate where vectors are searched if Weaviate is chosen
 * @param a2a what agents offer over A2A
 * @param agentTasks limits of agents' tasks
 * @param agentCard where callers reach this server, and how it describes itself
 * @param remoteAgents whom workflows can ask
 * @param sessions how long sessions last and what they may hold
 * @param documents limits of documents
 * @param imports how data is brought in from elsewhere
 * @param backup where backups go, when, and which are kept
 * @param tracing where traces go
 * @param home where the embedded server keeps its data
 * @param embedded whether no database is named, so that the embedded one is used
 * @param ephemeral whether the embedded one keeps nothing
 * @param effective the values in force with their sources
 */
public record HowdahSettings(Path home, boolean embedded, boolean ephemeral, DatabaseSettings database,
        ReplicaSettings replicas,
        QueueSettings queue,
        Optional<String> redisUrl, boolean queueInRedis, WorkflowSettings workflow, CacheSettings cache,
        KnowledgeSettings knowledge,
        WeaviateSettings weaviate, AgentSettings agent, A2aSettings a2a, TaskSettings agentTasks,
        PushSettings push, CardSettings agentCard, RemoteAgentSettings remoteAgents, GrpcSettings grpc,
        SessionSettings sessions, DocumentSettings documents, ImportSettings imports, BackupSettings backup,
        ServerSettings server, TracingSettings tracing,
        Collection<Configuration.Effective> effective) {
    private static final Logger LOG = LoggerFactory.getLogger(HowdahSettings.class);
    public static final Setting<String> HOME = Setting.text("howdah.home", ".howdah",
            "Directory of the embedded database, relative to the working directory.");

    public static final Setting<Boolean> EPHEMERAL = Setting.flag("howdah.ephemeral", false,
            "For a try or a test: the embedded database begins empty and is deleted when its process ends. /health says so.");

    public static final Setting<Boolean> IN_POSTGRESQL = Setting.flag("howdah.queue.postgresql", true,
            "Whether tasks are kept in PostgreSQL. false keeps them in Redis, with less (queue-redis/README.md); all "
                    + "else stays in PostgreSQL.",
            "USE_POSTGRESQL");
    public static final Setting<String> REDIS_URL = Setting.secret("howdah.queue.redis-url",
            "Redis that keeps tasks if howdah.queue.postgresql is false, such as redis://localhost:6379.", "REDIS_URL");

    public static final Setting<Boolean> SQLITE = Setting.flag("howdah.use-sqlite", false,
            "Understood for those who come from SQLite: without a database that is named, the embedded PostgreSQL is used, "
                    + "and the log says so.",
            "USE_SQLITE");

    /** Read by the command line and its start script before this class; listed here so that they are known names. */
    private static final List<Setting<String>> OUTSIDE = List.of(
            Setting.text("howdah.url", "http://127.0.0.1:8080", "Server that the command line talks to."),
            Setting.text("howdah.log-level", "", "Log level: TRACE, DEBUG, INFO, WARN or ERROR. Unset, services log "
                    + "INFO and other commands WARN."),
            Setting.text("howdah.java-options", "", "Further options of the JVM, for the script howdah."));

    /**
     * Reads the command line's overrides, variables and {@code howdah.yml}.
     *
     * @throws dev.howdah.postgres.ConfigurationException if anything is wrong; lists everything that is
     */
    public static HowdahSettings load(Map<String, String> overrides, Map<String, String> environment, Path yaml) {
        return from(Configuration.load(overrides, environment, yaml));
    }

    /** The same from a configuration. */
    public static HowdahSettings from(Configuration configuration) {
        var home = Path.of(configuration.get(HOME)).toAbsolutePath().normalize();
        boolean embedded = !DatabaseSettings.isExternal(configuration);
        if (configuration.get(SQLITE)) {
            LOG.info("USE_SQLITE is set: {}", embedded
                    ? "there is no SQLite here; the embedded PostgreSQL in " + home + " takes its place"
                    : "it is ignored, because a PostgreSQL is named");
        }
        boolean ephemeral = configuration.get(EPHEMERAL);
        if (ephemeral && !embedded) {
            configuration
                    .problem(EPHEMERAL.name() + " is set, but a PostgreSQL is named, which keeps what it has; unset "
                            + "one of them");
        }
        var database = DatabaseSettings.from(configuration);
        var replicas = ReplicaSettings.from(configuration);
        var queue = QueueSettings.from(configuration);
        var workflow = WorkflowSettings.from(configuration);
        var cache = CacheSettings.from(configuration);
        var knowledge = KnowledgeSettings.from(configuration);
        var weaviate = WeaviateSettings.from(configuration);
        var agent = AgentSettings.from(configuration);
        var agentTasks = TaskSettings.from(configuration);
        var agentCard = CardSettings.from(configuration);
        var grpc = GrpcSettings.from(configuration);
        var a2a = A2aSettings.from(configuration);
        var push = PushSettings.from(configuration);
        var remoteAgents = RemoteAgentSettings.from(configuration);
        var sessions = SessionSettings.from(configuration);
        var redisUrl = Optional.of(configuration.get(REDIS_URL)).filter(url -> !url.isEmpty());
        boolean queueInRedis = !configuration.get(IN_POSTGRESQL);
        if (queueInRedis) {
            checkRedis(configuration, redisUrl.isPresent(), agent, grpc);
        }
        var server = ServerSettings.from(configuration);
        var documents = DocumentSettings.from(configuration);
        var imports = ImportSettings.from(configuration);
        var backup = BackupSettings.from(configuration);
        var tracing = TracingSettings.from(configuration);
        OUTSIDE.forEach(configuration::get);
        configuration.check();
        return new HowdahSettings(home, embedded, ephemeral, database, replicas, queue, redisUrl, queueInRedis,
                workflow,
                cache, knowledge, weaviate, agent, server.isConformance() ? a2a.withoutRepetitions() : a2a, agentTasks,
                server.isConformance() ? push.withPlainSecrets() : push, agentCard, remoteAgents, grpc, sessions,
                documents, imports, backup, server, tracing, configuration.effective());
    }

    /** It is chosen by name, and refused here if it cannot be used: there is no falling back to the other store. */
    private static void checkRedis(Configuration configuration, boolean isNamed, AgentSettings agent,
            GrpcSettings grpc) {
        if (!isNamed) {
            configuration.problem("howdah.queue.postgresql (USE_POSTGRESQL) is false, but no Redis is named; set "
                    + "REDIS_URL, or leave tasks in PostgreSQL");
        }
        if (grpc.isOn()) {
            configuration
                    .problem(GrpcSettings.PORT.name() + " is set, but tasks of agents are kept in PostgreSQL only; "
                            + "set it to 0, or set USE_POSTGRESQL=true");
        }
        if (agent.openIssues() || agent.webhook().isPresent()) {
            configuration.problem("howdah.agent.open-issues and howdah.agent.webhook need tasks that commit together "
                    + "with their rows, which Redis cannot give; switch them off, or set USE_POSTGRESQL=true");
        }
    }
}
