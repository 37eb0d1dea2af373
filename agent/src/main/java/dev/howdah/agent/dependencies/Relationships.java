package dev.howdah.agent.dependencies;

import dev.howdah.knowledge.DependencyCycles;
import dev.howdah.knowledge.RelationshipType;

import dev.howdah.agent.triage.Relationship;
import dev.howdah.agent.triage.Urgency;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The repositories and the edges between them. Thread-safe. */
public final class Relationships {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Locks in the order of names, so that two imports cannot deadlock. */
    static final String PUT_REPOSITORIES = """
        INSERT INTO repositories (name, location)
        SELECT name, location
          FROM unnest(:names::text[], :locations::text[]) AS given (name, location)
         ORDER BY name
            ON CONFLICT (name) DO UPDATE
           SET location = COALESCE(EXCLUDED.location, repositories.location), updated_at = now()
        """;

    static final String PUT_RELATIONSHIPS = """
        INSERT INTO repository_relationships (source_repo_id, target_repo_id, relationship_type, description,
               interface_files, change_triggers, shared_concerns, divergent_concerns, urgency_mapping,
               sync_strategy, bidirectional)
        SELECT s.id, t.id, given.type, given.description, given.interface_files, given.change_triggers,
               given.shared_concerns, given.divergent_concerns, given.urgency_mapping, given.sync_strategy,
               given.bidirectional
          FROM jsonb_to_recordset(:edges::jsonb) AS given (source text, target text, type text, description text,
               interface_files jsonb, change_triggers jsonb, shared_concerns jsonb, divergent_concerns jsonb,
               urgency_mapping jsonb, sync_strategy text, bidirectional boolean)
          JOIN repositories s ON s.name = given.source
          JOIN repositories t ON t.name = given.target
         ORDER BY s.id, t.id, given.type
            ON CONFLICT (source_repo_id, target_repo_id, relationship_type) DO UPDATE
           SET description = EXCLUDED.description, interface_files = EXCLUDED.interface_files,
               change_triggers = EXCLUDED.change_triggers, shared_concerns = EXCLUDED.shared_concerns,
               divergent_concerns = EXCLUDED.divergent_concerns, urgency_mapping = EXCLUDED.urgency_mapping,
               sync_strategy = EXCLUDED.sync_strategy, bidirectional = EXCLUDED.bidirectional, updated_at = now()
        RETURNING (xmax = 0) AS added
        """;

    static final String SELECT = """
        SELECT source_repo, target_repo, relationship_type, description, interface_files, change_triggers,
               shared_concerns, divergent_concerns, urgency_mapping, sync_strategy, bidirectional
          FROM dependency_relationships
         WHERE (:source::text IS NULL OR source_repo = :source)
           AND (:target::text IS NULL OR target_repo = :target)
         ORDER BY source_repo, relationship_type, target_repo
        """;

    static final String SELECT_LOCATION = """
        SELECT location
          FROM repositories
         WHERE name = :name
           AND location IS NOT NULL
        """;

    static final String EXISTS = """
        SELECT EXISTS (SELECT 1
                         FROM repositories
                        WHERE name = :name)
        """;

    private final Database database;

    public Relationships(Database database) {
        this.database = database;
    }

    /**
     * How many edges an import added and changed.
     *
     * @param repositories that the import names
     */
    public record Imported(int repositories, int added, int updated) {}

    /**
     * Adds the edges, or updates those that are there, all or none.
     *
     * @param edges to be stored
     * @param locations paths of local clones, by repository name
     * @param allowCycles whether repositories may depend on each other in a circle
     * @throws dev.howdah.postgres.InvalidInputException if the edges would close a circle, together with those that are
     *         stored; the message names it
     */
    public Imported put(List<Relationship> edges, Map<String, String> locations, boolean allowCycles) {
        return database.inTransaction(tx -> {
            var imported = put(tx, edges, locations);
            if (!allowCycles) {
                DependencyCycles.refuse(select(tx.handle(), null, null).stream()
                        .map(edge -> new DependencyCycles.Edge(edge.sourceRepo(), edge.targetRepo())).toList());
            }
            return imported;
        });
    }

    private static Imported put(Transaction tx, List<Relationship> edges, Map<String, String> locations) {
        var names = new LinkedHashSet<>(locations.keySet());
        for (var edge : edges) {
            names.add(edge.sourceRepo());
            names.add(edge.targetRepo());
        }
        tx.handle().createUpdate(PUT_REPOSITORIES)
                .bind("names", names.toArray(String[]::new))
                .bind("locations", names.stream().map(locations::get).toArray(String[]::new))
                .execute();
        var added = tx.handle().createQuery(PUT_RELATIONSHIPS)
                .bind("edges", JSON.writeValueAsString(edges.stream().map(Relationships::row).toList()))
                .mapTo(Boolean.class)
                .list();
        int fresh = (int) added.stream().filter(wasAdded -> wasAdded).count();
        return new Imported(names.size(), fresh, added.size() - fresh);
    }

    /** The edges to the repositories that depend on this one. */
    public List<Relationship> dependentsOf(String repository) {
        return database.read(handle -> select(handle, repository, null));
    }

    /** The edges to the repositories that this one depends on. */
    public List<Relationship> dependenciesOf(String repository) {
        return database.read(handle -> select(handle, null, repository));
    }

    public Optional<Relationship> find(String source, String target, RelationshipType type) {
        return database.read(handle -> select(handle, source, target)).stream()
                .filter(edge -> edge.type() == type).findFirst();
    }

    /** All edges by source repository, sorted. */
    public Map<String, List<Relationship>> all() {
        var bySource = new TreeMap<String, List<Relationship>>();
        for (var edge : database.read(handle -> select(handle, null, null))) {
            bySource.computeIfAbsent(edge.sourceRepo(), key -> new ArrayList<>()).add(edge);
        }
        return bySource;
    }

    /** Whether the repository is part of any relationship. */
    public boolean has(String repository) {
        return database.read(handle -> handle.createQuery(EXISTS).bind("name", repository).mapTo(Boolean.class)
                .one());
    }

    /** Where the repository's local clone is, if that was said. */
    public Optional<String> location(String repository) {
        return database.read(handle -> handle.createQuery(SELECT_LOCATION).bind("name", repository)
                .mapTo(String.class).findOne());
    }

    private static List<Relationship> select(Handle handle, @org.jspecify.annotations.Nullable String source,
            @org.jspecify.annotations.Nullable String target) {
        return handle.createQuery(SELECT)
                .bind("source", source)
                .bind("target", target)
                .map(Relationships::read)
                .list();
    }

    private static Map<String, Object> row(Relationship edge) {
        var row = new LinkedHashMap<String, Object>();
        row.put("source", edge.sourceRepo());
        row.put("target", edge.targetRepo());
        row.put("type", edge.type().name().toLowerCase(Locale.ROOT));
        row.put("description", edge.description());
        row.put("interface_files", edge.interfaceFiles());
        row.put("change_triggers", edge.changeTriggers());
        row.put("shared_concerns", edge.sharedConcerns());
        row.put("divergent_concerns", edge.divergentConcerns());
        var urgencies = new TreeMap<String, String>();
        edge.urgencyMapping().forEach((trigger, urgency) -> urgencies.put(trigger,
                urgency.name().toLowerCase(Locale.ROOT)));
        row.put("urgency_mapping", urgencies);
        row.put("sync_strategy", edge.syncStrategy());
        row.put("bidirectional", edge.bidirectional());
        return row;
    }

    private static Relationship read(ResultSet row, StatementContext context) throws SQLException {
        var urgencies = new LinkedHashMap<String, Urgency>();
        JSON.readTree(row.getString("urgency_mapping")).properties().forEach(entry -> urgencies.put(entry.getKey(),
                Urgency.valueOf(entry.getValue().asString().toUpperCase(Locale.ROOT))));
        return new Relationship(row.getString("source_repo"), row.getString("target_repo"),
                RelationshipType.valueOf(row.getString("relationship_type").toUpperCase(Locale.ROOT)),
                row.getString("description"), strings(row, "interface_files"), strings(row, "change_triggers"),
                urgencies, strings(row, "shared_concerns"), strings(row, "divergent_concerns"),
                row.getString("sync_strategy"), row.getBoolean("bidirectional"));
    }

    private static List<String> strings(ResultSet row, String column) throws SQLException {
        return JSON.readTree(row.getString(column)).valueStream().map(JsonNode::asString).toList();
    }
}
