package dev.howdah.server;

import dev.howdah.workflow.example.BuiltInWorkflows;
import dev.howdah.workflow.example.PhaseHandlers;
import dev.howdah.workflow.Programs;
import dev.howdah.workflow.WorkflowSchedules;
import dev.howdah.workflow.Workflows;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.a2a.DeclaredOperations;
import dev.howdah.agent.conformance.KitAgent;
import dev.howdah.agent.grpc.GrpcTransport;
import dev.howdah.agent.task.Agent;
import dev.howdah.agent.task.AgentTasks;
import dev.howdah.agent.task.SkillAgent;
import dev.howdah.agent.conformance.ConformanceSkills;
import dev.howdah.agent.model.LanguageModel;
import dev.howdah.agent.model.LanguageModels;
import dev.howdah.agent.model.ModelCallLog;
import dev.howdah.agent.model.ModelCalls;
import dev.howdah.agent.modelcard.ModelCards;
import dev.howdah.agent.triage.TriageModel;
import dev.howdah.agent.dependencies.ChangeNotifications;
import dev.howdah.agent.dependencies.Dependencies;
import dev.howdah.agent.dependencies.Outbox;
import dev.howdah.agent.dependencies.Relationships;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.knowledge.KnowledgeSkills;
import dev.howdah.agent.push.Push;
import dev.howdah.agent.push.PushDeliveries;
import dev.howdah.agent.task.PushNotifications;
import dev.howdah.agent.client.RemoteAgents;
import dev.howdah.agent.client.RemoteTasks;
import dev.howdah.agent.workflow.SkillExecutions;
import dev.howdah.agent.workflow.WorkflowSkills;
import dev.howdah.workflow.definition.NodeType;
import dev.howdah.cache.Caches;
import dev.howdah.documents.Documents;
import dev.howdah.knowledge.Imports;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.KnowledgeCollection;
import dev.howdah.knowledge.Scans;
import dev.howdah.knowledge.embedding.EmbeddingModels;
import dev.howdah.knowledge.search.KnowledgeSearch;
import dev.howdah.knowledge.search.SearchUpkeep;
import dev.howdah.knowledge.vector.VectorIndexSettings.Choice;
import dev.howdah.knowledge.vector.VectorIndexes;
import dev.howdah.knowledge.weaviate.WeaviateIndex;
import dev.howdah.operations.backup.BackupRuns;
import dev.howdah.operations.backup.BackupTargets;
import dev.howdah.operations.backup.Backups;
import dev.howdah.operations.backup.Drill;
import dev.howdah.operations.search.DocumentSearches;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.EmbeddedPostgres;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.CurrentTask;
import dev.howdah.queue.LogContext;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueStorage;
import dev.howdah.queue.Queues;
import dev.howdah.queue.Schedule;
import dev.howdah.queue.Scheduler;
import dev.howdah.queue.Schedules;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskRates;
import dev.howdah.queue.Worker;
import dev.howdah.queue.WorkerHealth;
import dev.howdah.queue.Workers;
import dev.howdah.queue.redis.RedisTaskQueue;
import dev.howdah.sessions.SessionUpkeep;
import dev.howdah.sessions.Sessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All capabilities over one database, put together from the settings; the server, the worker process and the commands
 * share it. Opening does not wait for the database: {@link #start} does, in the background, then migrates and starts the
 * worker; {@link #startup} tells how far that has come.
 */
public final class Howdah implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Howdah.class);
    private static final String[] MODULES = {"postgres", "queue", "knowledge", "server", "workflow", "agent",
            "sessions",
            "documents", "cache", "operations"};
    private static final Duration WAIT_FOR_DATABASE = Duration.ofDays(365);
    /** How often what is searched is looked after. */
    private static final Duration UPKEEP_EVERY = Duration.ofMinutes(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final HowdahSettings settings;
    private final @Nullable EmbeddedPostgres embedded;
    private final Database database;
    private final Optional<RedisTaskQueue> redis;
    private final TaskQueue queue;
    private final TaskRates rates;
    private final OutboundHttp outbound;
    private final OutboundHttp operatorHttp;
    private final Queues queues;
    private final Workers workers;
    private final Schedules schedules;
    private final Scheduler scheduler;
    private final Caches caches;
    private final VectorIndexes vectors;
    private final KnowledgeSearch search;
    private final KnowledgeCollection collection;
    private final Knowledge knowledge;
    private final Imports imports;
    private final Scans scans;
    private final ModelCalls modelCalls;
    private final ModelCallLog modelCallLog;
    private final Optional<LanguageModel> model;
    private final ModelCards modelCards;
    private final Dependencies dependencies;
    private final WorkflowSkills published;
    private final SkillRegistry skills;
    private final RemoteAgents remoteAgents;
    private final Optional<RemoteTasks> remoteTasks;
    private final Optional<Workflows> workflows;
    private final Optional<Programs> programs;
    private final Optional<WorkflowSchedules> workflowSchedules;
    private final Optional<Push> push;
    private final Optional<AgentTasks> agentTasks;
    private final Sessions sessions;
    private final SessionUpkeep sessionUpkeep;
    private final Documents documents;
    private final dev.howdah.operations.imports.Imports dataImports;
    private final DocumentSearches documentSearches;
    private final Optional<BackupRuns> backups;
    private final TaskTimes taskTimes;
    private final Tracing tracing;
    private final Worker worker;
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile Startup startup = Startup.underWay("starting");
    private volatile Set<String> extensions = Set.of();
    private volatile @Nullable RuntimeException failure;
    private @Nullable Thread starter;

    private Howdah(HowdahSettings settings, @Nullable EmbeddedPostgres embedded, Tracing tracing) {
        this.settings = settings;
        this.tracing = tracing;
        this.embedded = embedded;
        this.database = Database.open(embedded == null ? settings.database() : embedded.connect(settings.database()),
                settings.replicas());
        this.redis = settings.queueInRedis() ? Optional.of(openRedis(settings)) : Optional.empty();
        if (tracing.isOn()) {
            database.metrics().listen(tracing.statements());
        }
        Optional<PostgresTaskQueue> transactional = Optional.empty();
        if (redis.isPresent()) {
            LOG.info("Tasks are kept in Redis, as USE_POSTGRESQL=false says; everything else is in PostgreSQL");
            this.queue = redis.get();
            this.rates = new TaskRates(database);
        } else {
            var inPostgres = new PostgresTaskQueue(database, settings.queue());
            transactional = Optional.of(inPostgres);
            this.queue = inPostgres;
            this.rates = inPostgres.rates();
        }
        this.documents = new Documents(database, settings.documents());
        this.outbound = new OutboundHttp(settings.agent().http());
        this.operatorHttp = new OutboundHttp(settings.agent().http().trusting());
        this.queues = new Queues(database);
        this.workers = new Workers(database);
        this.schedules = new Schedules(database, queue);
        this.scheduler = new Scheduler(schedules, database.notifications());
        this.caches = new Caches(database, settings.cache());
        this.dataImports = new dev.howdah.operations.imports.Imports(database, caches, settings.cache(), documents,
                settings.documents(), settings.imports());
        var finding = settings.knowledge();
        this.vectors = new VectorIndexes(database, finding.vectors(), finding.vectors().choice() == Choice.WEAVIATE
                ? Optional.of(new WeaviateIndex(database, settings.weaviate()))
                : Optional.empty());
        this.search = new KnowledgeSearch(database, queue, vectors, EmbeddingModels.open(finding.embedding()),
                finding.search());
        this.documentSearches = new DocumentSearches(database, documents, search);
        this.collection = new KnowledgeCollection(search);
        this.knowledge = Knowledge.of(database, collection);
        this.imports = new Imports(database, knowledge, new GuardedImports(outbound));
        this.modelCalls = new ModelCalls(database);
        this.modelCallLog = new ModelCallLog(modelCalls, settings.agent().model().retention());
        this.model = LanguageModels.open(settings.agent().model(), modelCallLog);
        this.modelCards = new ModelCards(database);
        this.scans = new Scans(database, knowledge, settings.agent().repositoryRoots(),
                model.map(asked -> asked.prompting("scan")));
        this.dependencies = Dependencies.of(database, queue, knowledge, TriageModel.of(model), settings.agent(),
                operatorHttp);
        var offered = new ArrayList<>(dependencies.skills());
        offered.addAll(KnowledgeSkills.of(database, knowledge, collection, dependencies.source(), settings.agent()));
        if (settings.server().isConformance()) {
            offered.addAll(ConformanceSkills.all());
        }
        this.published = new WorkflowSkills(queue);
        this.skills = new SkillRegistry(offered, published);
        this.remoteAgents = new RemoteAgents(settings.remoteAgents(), settings.agent().http(),
                List.of(new GrpcTransport(settings.agent().http())));
        this.remoteTasks = transactional.map(given -> new RemoteTasks(database, given, remoteAgents,
                settings.agentCard().url()));
        this.workflows = transactional.map(this::openWorkflows);
        this.programs = transactional.map(given -> new Programs(database, given, settings.workflow()));
        this.workflowSchedules = transactional.map(given -> new WorkflowSchedules(database, given,
                workflows.orElseThrow()));
        // The receivers of the public test kits listen on this machine.
        var receivers = settings.server().isConformance() ? operatorHttp : outbound;
        this.push = transactional.map(given -> new Push(database, given, receivers, settings.push(), settings.queue()));
        this.agentTasks = transactional.map(given -> new AgentTasks(database, given, agent(given),
                settings.agentTasks(), push.map(PushNotifications.class::cast)));
        this.sessions = new Sessions(database, settings.sessions());
        this.sessionUpkeep = sessions.upkeep();
        this.backups = openBackups();
        var handlers = new HashMap<>(dependencies.handlers());
        backups.ifPresent(opened -> handlers.putAll(opened.handlers()));
        handlers.put(Imports.TASK_TYPE, imports::handle);
        handlers.put(Scans.TASK_TYPE, scans::handle);
        handlers.putAll(search.handlers());
        workflows.ifPresent(opened -> handlers.putAll(opened.handlers()));
        workflowSchedules.ifPresent(opened -> handlers.putAll(opened.handlers()));
        agentTasks.ifPresent(opened -> handlers.putAll(opened.handlers()));
        push.ifPresent(opened -> handlers.putAll(opened.handlers()));
        remoteTasks.ifPresent(opened -> handlers.putAll(opened.handlers()));
        transactional.ifPresent(given -> handlers.putAll(new SkillExecutions(database, given, workflows.orElseThrow(),
                agentTasks.orElseThrow()).handlers()));
        this.taskTimes = new TaskTimes(settings.queue().lease());
        this.worker = new Worker(queue, settings.queue(), handlers,
                List.of(new TaskSpans(tracing), new LogContext(), new CurrentTask(), taskTimes));
    }

    private Optional<BackupRuns> openBackups() {
        var chosen = settings.backup();
        var migrations = Migrations.ofModules(MODULES);
        return BackupTargets.of(chosen).map(target -> new BackupRuns(database, new Backups(database, migrations, target,
                chosen, HowdahServer.version()),
                new Drill(target, chosen, migrations, settings.home().resolve(
                        "postgresql-" + EmbeddedPostgres.VERSION), HowdahServer.version()),
                chosen));
    }

    private Agent agent(PostgresTaskQueue given) {
        var agent = new SkillAgent(skills, given);
        return settings.server().profile() == Profile.CONFORMANCE ? new KitAgent(agent) : agent;
    }

    private Workflows openWorkflows(PostgresTaskQueue given) {
        var phases = model.map(asked -> PhaseHandlers.all(asked.prompting("phase"))).orElseGet(PhaseHandlers::all);
        var served = new HashMap<>(ModelNodes.of(model));
        served.put(NodeType.AGENT, remoteTasks.orElseThrow().nodes());
        return Workflows.open(database, given, settings.workflow(), phases, SkillNodes.of(skills), served);
    }

    private RedisTaskQueue openRedis(HowdahSettings given) {
        try {
            return RedisTaskQueue.open(given.redisUrl().orElseThrow(), given.queue());
        } catch (RuntimeException e) {
            database.close();
            if (embedded != null) {
                embedded.close();
            }
            throw e;
        }
    }

    /** Opens everything, and starts, adopts or joins the embedded server if no database is configured. */
    public static Howdah open(HowdahSettings settings) {
        return open(settings, Tracing.open(settings.tracing()));
    }

    /** The same with other receivers of traces. */
    static Howdah open(HowdahSettings settings, Tracing tracing) {
        return new Howdah(settings, settings.embedded() ? startEmbedded(settings) : null, tracing);
    }

    private static EmbeddedPostgres startEmbedded(HowdahSettings settings) {
        return settings.ephemeral()
                ? EmbeddedPostgres.startEphemeral(settings.home())
                : EmbeddedPostgres.start(settings.home());
    }

    /**
     * Waits for the database in the background, migrates, and starts the worker.
     *
     * @param withWorker whether this process runs tasks
     */
    public synchronized void start(boolean withWorker) {
        starter = Thread.ofVirtual().name("howdah-start").start(() -> {
            try {
                while (!prepareSchema()) {
                    LOG.warn("The database went away again; waiting for it");
                }
                modelCallLog.start();
                caches.start();
                if (withWorker) {
                    worker.start();
                    sessionUpkeep.start();
                    workflows.ifPresent(opened -> opened.upkeep().start());
                    agentTasks.ifPresent(opened -> opened.upkeep().start());
                    push.ifPresent(opened -> opened.upkeep().start());
                    documents.upkeep().start();
                    documentSearches.start();
                    if (redis.isEmpty()) {
                        scheduler.start();
                    }
                }
                startup = Startup.ready();
            } catch (RuntimeException e) {
                failure = e;
                startup = Startup.underWay("the start failed: " + e.getMessage());
            } finally {
                started.countDown();
            }
        });
    }

    /** Whether the database was there to the end. */
    private boolean prepareSchema() {
        startup = Startup.underWay("waiting for the database");
        database.awaitReady(WAIT_FOR_DATABASE);
        startup = Startup.underWay("migrating the schema");
        try {
            migrator().up();
            workflows.ifPresent(Howdah::applyBuiltIns);
            workflows.ifPresent(opened -> published.open(opened.definitions()));
            prepareSearch();
            prepareBackups();
            extensions = readExtensions();
            return true;
        } catch (UnavailableException e) {
            LOG.debug("Preparing the schema", e);
            return false;
        }
    }

    private void prepareSearch() {
        vectors.installPgvector();
        search.prepare();
        collection.prepare();
        if (redis.isEmpty() && schedules.list().stream().noneMatch(known -> known.schedule().name()
                .equals(SearchUpkeep.TYPE))) {
            schedules.put(Schedule.every(SearchUpkeep.TYPE, UPKEEP_EVERY, SearchUpkeep.task()));
        }
    }

    /** The settings decide, so that a schedule comes and goes with them; one that is paused stays so. */
    private void prepareBackups() {
        if (redis.isPresent()) {
            return;
        }
        var wanted = backups.map(BackupRuns::schedules).orElse(List.of());
        wanted.forEach(schedules::put);
        var names = wanted.stream().map(Schedule::name).toList();
        schedules.list().stream().map(known -> known.schedule().name()).filter(BackupRuns.TYPES::contains).filter(
                name -> !names.contains(name)).forEach(schedules::delete);
    }

    /** Those that are not among the versions: whoever has applied another version of one keeps it. */
    private static void applyBuiltIns(Workflows opened) {
        for (var builtIn : BuiltInWorkflows.all()) {
            if (opened.definitions().versions(builtIn.id()).stream()
                    .noneMatch(version -> version.definition().equals(builtIn))) {
                opened.definitions().apply(builtIn);
            }
        }
    }

    /**
     * Waits for the end of {@link #start} and throws what it failed with.
     *
     * @return false if it has not come to an end within the limit
     */
    public boolean awaitStarted(Duration limit) throws InterruptedException {
        boolean ended = started.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        var thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        return ended;
    }

    /** How far the start has come. */
    public Startup startup() {
        return startup;
    }

    /** How the worker of this process is; absent if it runs none. */
    public Optional<WorkerHealth> workerHealth() {
        return worker.health().running() ? Optional.of(worker.health()) : Optional.empty();
    }

    public HowdahSettings settings() {
        return settings;
    }

    public Database database() {
        return database;
    }

    public TaskQueue queue() {
        return queue;
    }

    /** What is wrong with the Redis that keeps tasks; empty if nothing is, or if PostgreSQL keeps them. */
    public Optional<HowdahException> queueTrouble() {
        try {
            redis.ifPresent(RedisTaskQueue::ping);
            return Optional.empty();
        } catch (HowdahException e) {
            return Optional.of(e);
        }
    }

    /** Whether tasks are kept in Redis instead of PostgreSQL. */
    public boolean isQueueInRedis() {
        return redis.isPresent();
    }

    /** Throughput and latency over time. */
    public TaskRates rates() {
        return rates;
    }

    /** The processes that run tasks. */
    public Workers workers() {
        return workers;
    }

    /** What live and ended tasks take, and what holds back the removal of dead rows. */
    public QueueStorage storage() {
        return QueueStorage.of(database);
    }

    /** What makes traces. */
    Tracing tracing() {
        return tracing;
    }

    /** How long handlers run in this process. */
    TaskTimes taskTimes() {
        return taskTimes;
    }

    /** Tasks of dead workers that this process gave back. */
    long recoveredTasks() {
        return worker.recoveredTasks();
    }

    /** Named caches. */
    public Caches caches() {
        return caches;
    }

    public Queues queues() {
        return queues;
    }

    public Schedules schedules() {
        return schedules;
    }

    public SkillRegistry skills() {
        return skills;
    }

    /**
     * Workflows of definitions.
     *
     * @throws UnavailableException if tasks are kept in Redis
     */
    public Workflows workflows() {
        return workflows.orElseThrow(Howdah::withoutWorkflows);
    }

    /**
     * Workflows written as programs.
     *
     * @throws UnavailableException if tasks are kept in Redis
     */
    public Programs programs() {
        return programs.orElseThrow(Howdah::withoutWorkflows);
    }

    /**
     * What starts executions by the clock.
     *
     * @throws UnavailableException if tasks are kept in Redis
     */
    public WorkflowSchedules workflowSchedules() {
        return workflowSchedules.orElseThrow(Howdah::withoutWorkflows);
    }

    /**
     * Tasks of agents, whatever protocol they come by.
     *
     * @throws UnavailableException if tasks are kept in Redis
     */
    public AgentTasks agentTasks() {
        return agentTasks.orElseThrow(Howdah::withoutAgentTasks);
    }

    /**
     * What is posted to those who want to hear of agents' tasks.
     *
     * @throws UnavailableException if tasks are kept in Redis
     */
    public PushDeliveries pushDeliveries() {
        return push.orElseThrow(Howdah::withoutAgentTasks).deliveries();
    }

    private static UnavailableException withoutAgentTasks() {
        return new UnavailableException("queue-redis-unsupported",
                "tasks are kept in Redis, where there are none of agents",
                "keep them in PostgreSQL: USE_POSTGRESQL=true", null);
    }

    /**
     * The same as far as they are offered over A2A.
     *
     * @throws UnavailableException if tasks are kept in Redis
     */
    public DeclaredOperations a2a() {
        return new DeclaredOperations(agentTasks(), settings.a2a());
    }

    /** Agents elsewhere. */
    public RemoteAgents remoteAgents() {
        return remoteAgents;
    }

    /**
     * Tasks of agents elsewhere that workflows wait for.
     *
     * @throws UnavailableException if tasks are kept in Redis
     */
    public RemoteTasks remoteTasks() {
        return remoteTasks.orElseThrow(Howdah::withoutWorkflows);
    }

    private static UnavailableException withoutWorkflows() {
        return new UnavailableException("queue-redis-unsupported",
                "tasks are kept in Redis, where there are no workflows",
                "keep them in PostgreSQL: USE_POSTGRESQL=true", null);
    }

    /** Sessions of users and agents. */
    public Sessions sessions() {
        return sessions;
    }

    /** Collections of JSON documents. */
    public Documents documents() {
        return documents;
    }

    /** Documents by what they say. */
    public DocumentSearches documentSearches() {
        return documentSearches;
    }

    /** What brings data from Redis, MongoDB and files into caches and collections. */
    public dev.howdah.operations.imports.Imports dataImports() {
        return dataImports;
    }

    /**
     * Backups and rehearsals.
     *
     * @throws dev.howdah.postgres.InvalidInputException if no target is configured
     */
    public BackupRuns backups() {
        return backups.orElseThrow(BackupTargets::missing);
    }

    /** Whether there is a target for backups. */
    public boolean hasBackups() {
        return backups.isPresent();
    }

    /** What is known about repositories. */
    public Knowledge knowledge() {
        return knowledge;
    }

    /** Collections that can be searched, of whatever kind. */
    public KnowledgeSearch search() {
        return search;
    }

    /** The one that holds what is known about repositories. */
    public KnowledgeCollection knowledgeCollection() {
        return collection;
    }

    /** What searches vectors. */
    public VectorIndexes vectors() {
        return vectors;
    }

    /** What reads repositories. */
    public Scans scans() {
        return scans;
    }

    /** Reaches addresses that callers give. */
    public OutboundHttp outbound() {
        return outbound;
    }

    /** What was asked of language models. */
    public ModelCalls modelCalls() {
        return modelCalls;
    }

    /** Descriptions of models. */
    public ModelCards modelCards() {
        return modelCards;
    }

    /** Knowledge bases from files. */
    public Imports imports() {
        return imports;
    }

    public Relationships relationships() {
        return dependencies.relationships();
    }

    public ChangeNotifications notifications() {
        return dependencies.notifications();
    }

    public Outbox outbox() {
        return dependencies.outbox();
    }

    public Migrator migrator() {
        return new Migrator(database, Migrations.ofModules(MODULES));
    }

    /** What tells what is wrong. */
    public InstallationDoctor doctor() {
        return new InstallationDoctor(this);
    }

    public boolean isEmbedded() {
        return embedded != null;
    }

    /** Whether nothing is kept when this process ends. */
    boolean isEphemeral() {
        return settings.ephemeral();
    }

    /** Whether the database has the extension, as it was at the start. */
    public boolean hasExtension(String name) {
        return extensions.contains(name);
    }

    /** Stops the worker gracefully, then the pool, then the embedded server if it is ours. */
    @Override
    public void close() {
        var starting = starter;
        if (starting != null) {
            starting.interrupt();
        }
        scheduler.close();
        workflows.ifPresent(opened -> opened.upkeep().close());
        agentTasks.ifPresent(AgentTasks::close);
        push.ifPresent(opened -> opened.upkeep().close());
        worker.stop(STOP_LIMIT);
        sessionUpkeep.close();
        sessions.close();
        documentSearches.close();
        documents.close();
        programs.ifPresent(Programs::close);
        remoteAgents.close();
        redis.ifPresent(RedisTaskQueue::close);
        vectors.close();
        modelCallLog.close();
        caches.close();
        outbound.close();
        operatorHttp.close();
        database.close();
        tracing.close();
        if (embedded != null) {
            embedded.close();
        }
    }

    private Set<String> readExtensions() {
        return Set.copyOf(database.withHandle(handle -> handle.createQuery("SELECT extname FROM pg_extension")
                .mapTo(String.class).list()));
    }
}
