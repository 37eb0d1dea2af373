package dev.howdah.workflow;

import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.WorkflowDefinition;
import dev.howdah.workflow.definition.WorkflowLimits;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Definitions and their versions. Applying one that differs from the newest version makes the next; versions never change,
 * so an execution keeps what it started with, in every process and after every restart. Thread-safe.
 */
public final class Definitions {
    private static final int PLANS_MAX = 1000;
    private static final int PAGE_MAX = 1000;

    /** One at a time for an id, so that two that are applied at once get a version each. */
    static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('howdah.workflow.' || :id, 0))";

    static final String INSERT = """
        INSERT INTO workflow_definitions (id, version, name, description, workflow_type, definition)
        VALUES (:id, :version, :name, :description, :type, :definition::jsonb)
        """;

    static final String LATEST = """
        SELECT id, version, name, description, workflow_type, definition, created_at
          FROM workflow_definitions
         WHERE id = :id
         ORDER BY version DESC
         LIMIT 1
        """;

    static final String GET = """
        SELECT id, version, name, description, workflow_type, definition, created_at
          FROM workflow_definitions
         WHERE id = :id AND version = :version
        """;

    static final String VERSIONS = """
        SELECT id, version, name, description, workflow_type, definition, created_at
          FROM workflow_definitions
         WHERE id = :id
         ORDER BY version DESC
         LIMIT :limit
        """;

    static final String LIST = """
        SELECT DISTINCT ON (id) id, version, name, description, workflow_type, definition, created_at
          FROM workflow_definitions
         WHERE id > :after
         ORDER BY id, version DESC
         LIMIT :limit
        """;

    /** The newest versions that are published as skills. */
    static final String PUBLISHED = """
        SELECT d.id, d.version, d.name, d.description, d.workflow_type, d.definition, d.created_at
          FROM workflow_definitions d
         WHERE d.definition -> 'skill' IS NOT NULL
           AND NOT EXISTS (SELECT FROM workflow_definitions n WHERE n.id = d.id AND n.version > d.version)
         ORDER BY d.id
         LIMIT :limit
        """;

    /** Which other workflow has the skill's name. */
    static final String PUBLISHED_BY = """
        SELECT d.id
          FROM workflow_definitions d
         WHERE d.definition -> 'skill' ->> 'name' = :skill AND d.id <> :id
           AND NOT EXISTS (SELECT FROM workflow_definitions n WHERE n.id = d.id AND n.version > d.version)
         LIMIT 1
        """;

    /** Differs whenever a version was added. */
    static final String REVISION = "SELECT count(*) || ' ' || coalesce(max(created_at)::text, '') FROM workflow_definitions";

    private final Database database;
    private final Supplier<Map<NodeType, Predicate<String>>> executors;
    private final Map<Key, Plan> plans = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<Key, Plan> eldest) {
            return size() > PLANS_MAX;
        }
    };

    private record Key(String id, int version) {}

    private volatile Runnable applied = () -> {};

    /** A version as it is stored. */
    public record Version(WorkflowDefinition definition, int version, Instant createdAt) {}

    Definitions(Database database, Supplier<Map<NodeType, Predicate<String>>> executors) {
        this.database = database;
        this.executors = executors;
    }

    /**
     * Reads a definition and checks it against the handlers, skills and workers that there are.
     *
     * @param text JSON or YAML
     * @throws dev.howdah.postgres.InvalidInputException with everything that is wrong with it
     */
    public WorkflowDefinition parse(String text) {
        return WorkflowDefinition.parse(text, WorkflowLimits.defaults(), executors.get());
    }

    /**
     * Stores the definition as the next version, unless the newest one is the same.
     *
     * @throws dev.howdah.postgres.InvalidInputException with everything that is wrong with it
     */
    public Version apply(WorkflowDefinition definition) {
        return store(WorkflowDefinition.parse(definition.toJson(), WorkflowLimits.defaults(), executors.get()));
    }

    /** The same for one whose tasks are run by workers that are not known yet, such as those over HTTP. */
    public Version applyUnknown(WorkflowDefinition definition) {
        var known = new HashMap<>(executors.get());
        known.remove(NodeType.TASK);
        return store(WorkflowDefinition.parse(definition.toJson(), WorkflowLimits.defaults(), known));
    }

    /** Has somebody called after each version that this process has stored; one at a time. */
    public void whenApplied(Runnable look) {
        applied = look;
    }

    private Version store(WorkflowDefinition definition) {
        var stored = storeVersion(definition);
        applied.run();
        return stored;
    }

    private Version storeVersion(WorkflowDefinition definition) {
        return database.inTransaction(tx -> {
            tx.handle().createQuery(LOCK).bind("id", definition.id()).mapToMap().one();
            var latest = latest(tx.handle(), definition.id());
            if (latest.isPresent() && latest.get().definition().equals(definition)) {
                return latest.get();
            }
            definition.skill().ifPresent(skill -> checkFree(tx.handle(), definition.id(), skill.name()));
            int version = latest.map(Version::version).orElse(0) + 1;
            tx.handle().createUpdate(INSERT).bind("id", definition.id()).bind("version", version)
                    .bind("name", definition.name()).bind("description", definition.description())
                    .bind("type", definition.type().name().toLowerCase(Locale.ROOT))
                    .bind("definition", definition.toJson().toString()).execute();
            return latest(tx.handle(), definition.id()).orElseThrow();
        });
    }

    private static void checkFree(Handle handle, String id, String skill) {
        handle.createQuery(PUBLISHED_BY).bind("skill", skill).bind("id", id).mapTo(String.class).findOne()
                .ifPresent(other -> {
                    throw new InvalidInputException("workflow-invalid", "skill.name", "the workflow " + other
                            + " is published as \"" + skill + "\" already", "choose another name");
                });
    }

    /** The newest versions of those that are published as skills, by id, at most a thousand. */
    public List<Version> published() {
        return database.withHandle(handle -> handle.createQuery(PUBLISHED).bind("limit", PAGE_MAX)
                .map((row, context) -> version(row)).list());
    }

    /** Something that differs whenever a version was added since; costs little. */
    public String revision() {
        return database.withHandle(handle -> handle.createQuery(REVISION).mapTo(String.class).one());
    }

    /** The newest version. */
    public Optional<Version> latest(String id) {
        return database.read(handle -> latest(handle, id));
    }

    /** A certain version. */
    public Optional<Version> version(String id, int version) {
        return database.read(handle -> handle.createQuery(GET).bind("id", id).bind("version", version)
                .map((row, context) -> version(row)).findOne());
    }

    /** All versions, newest first, at most a thousand. */
    public List<Version> versions(String id) {
        return database.read(handle -> handle.createQuery(VERSIONS).bind("id", id).bind("limit", PAGE_MAX)
                .map((row, context) -> version(row)).list());
    }

    /**
     * The newest version of each, by id.
     *
     * @param after the last id of the page before; empty for the first
     * @param limit 1 to 1,000
     */
    public List<Version> list(String after, int limit) {
        return database.read(handle -> handle.createQuery(LIST).bind("after", after)
                .bind("limit", Math.clamp(limit, 1, PAGE_MAX)).map((row, context) -> version(row)).list());
    }

    private static Optional<Version> latest(Handle handle, String id) {
        return handle.createQuery(LATEST).bind("id", id).map((row, context) -> version(row)).findOne();
    }

    private static Version version(ResultSet row) throws SQLException {
        return new Version(WorkflowDefinition.stored(JsonMapper.shared().readTree(row.getString("definition"))),
                row.getInt("version"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    /**
     * What is to be started.
     *
     * @throws NotFoundException if there is no such workflow or version
     */
    Plan toStart(Transaction tx, String id, Optional<Integer> version) {
        int number = version.or(() -> latest(tx.handle(), id).map(Version::version))
                .orElseThrow(() -> unknown(id, version));
        return get(tx, id, number);
    }

    /** One that executions refer to. */
    Plan get(Transaction tx, String id, int version) {
        var key = new Key(id, version);
        synchronized (plans) {
            var known = plans.get(key);
            if (known != null) {
                return known;
            }
        }
        var plan = new Plan(tx.handle().createQuery(GET).bind("id", id).bind("version", version)
                .map((row, context) -> version(row)).findOne()
                .orElseThrow(() -> unknown(id, Optional.of(version))).definition(), version);
        synchronized (plans) {
            plans.put(key, plan);
        }
        return plan;
    }

    private static NotFoundException unknown(String id, Optional<Integer> version) {
        return new NotFoundException("workflow-not-found", "there is no workflow " + id
                + version.map(number -> " of version " + number).orElse(""), "apply it: howdah workflow apply FILE");
    }
}
