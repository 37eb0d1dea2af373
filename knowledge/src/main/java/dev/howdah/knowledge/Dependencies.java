package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import java.util.Optional;

/** What repositories need: things from outside, and each other. Thread-safe. */
public final class Dependencies extends EntryStore<Dependency> {
    private static final String SELECT = """
        SELECT d.id::text AS id, r.name AS repository, d.created_at, d.updated_at,
               jsonb_build_object(
                   'dependency_name', d.dependency_name, 'dependency_version', d.dependency_version,
                   'manifest', d.manifest, 'scope', d.scope, 'details', d.details) AS entry
          FROM dependencies d
          JOIN repositories r ON r.id = d.repo_id
        """;

    static final String PUT = """
        WITH given AS (
          SELECT r.id AS repo_id, g.dependency_name, g.dependency_version, g.manifest, g.scope, g.details
            FROM jsonb_to_recordset(:entries::jsonb) AS g (dependency_name text, dependency_version text, manifest text, scope text, details jsonb)
            JOIN repositories r ON r.name = :repository),
        put AS (
          INSERT INTO dependencies AS d (repo_id, dependency_name, dependency_version, manifest, scope, details)
          SELECT repo_id, dependency_name, dependency_version, manifest, scope, details
            FROM given
           ORDER BY md5(dependency_name), md5(manifest)
              ON CONFLICT (repo_id, md5(dependency_name), md5(manifest)) DO UPDATE
             SET dependency_version = COALESCE(NULLIF(EXCLUDED.dependency_version, ''), d.dependency_version),
                 scope = COALESCE(NULLIF(EXCLUDED.scope, ''), d.scope),
                 details = d.details || EXCLUDED.details,
                 updated_at = now()
           WHERE (d.dependency_version, d.scope, d.details) IS DISTINCT FROM
                 (COALESCE(NULLIF(EXCLUDED.dependency_version, ''), d.dependency_version),
                  COALESCE(NULLIF(EXCLUDED.scope, ''), d.scope),
                  d.details || EXCLUDED.details)
          RETURNING d.id, (d.xmax = 0) AS added)
        SELECT id::text AS id, added, true AS changed
          FROM put
         UNION ALL
        SELECT d.id::text, false, false
          FROM given
          JOIN dependencies d ON d.repo_id = given.repo_id AND md5(d.dependency_name) = md5(given.dependency_name)
               AND md5(d.manifest) = md5(given.manifest)
         WHERE d.id NOT IN (SELECT id FROM put)
        """;

    static final String FIND = SELECT + """
         WHERE d.id = ANY (:ids::bigint[])
        """;

    static final String LIST = SELECT + """
         WHERE (:repository::text IS NULL OR r.name = :repository)
           AND (:before::bigint IS NULL OR d.id < :before::bigint)
         ORDER BY d.id DESC
         LIMIT :limit
        """;

    static final String DELETE = """
        DELETE FROM dependencies
         WHERE id = ANY (:ids::bigint[])
        """;

    /** What a set that replaces the stored one leaves out. */
    static final String RETAIN = """
        DELETE FROM dependencies
         WHERE repo_id = (SELECT id FROM repositories WHERE name = :repository)
           AND id <> ALL (:ids::bigint[])
        """;

    static final String PUT_REPOSITORIES = """
        INSERT INTO repositories (name)
        SELECT name
          FROM unnest(:names::text[]) AS given (name)
         ORDER BY name
            ON CONFLICT (name) DO NOTHING
        """;

    static final String PUT_EDGES = """
        INSERT INTO repository_relationships AS e (source_repo_id, target_repo_id, relationship_type, description,
               sync_strategy, details)
        SELECT s.id, t.id, g.type, g.description, COALESCE(NULLIF(g.sync_strategy, ''), 'selective'), g.details
          FROM jsonb_to_recordset(:edges::jsonb) AS g (source text, target text, type text, description text,
               sync_strategy text, details jsonb)
          JOIN repositories s ON s.name = g.source
          JOIN repositories t ON t.name = g.target
         ORDER BY s.id, t.id, g.type
            ON CONFLICT (source_repo_id, target_repo_id, relationship_type) DO UPDATE
           SET description = COALESCE(NULLIF(EXCLUDED.description, ''), e.description),
               sync_strategy = CASE WHEN EXCLUDED.sync_strategy = 'selective' THEN e.sync_strategy
                                    ELSE EXCLUDED.sync_strategy END,
               details = e.details || EXCLUDED.details, updated_at = now()
         WHERE (e.description, e.sync_strategy, e.details) IS DISTINCT FROM
               (COALESCE(NULLIF(EXCLUDED.description, ''), e.description),
                CASE WHEN EXCLUDED.sync_strategy = 'selective' THEN e.sync_strategy ELSE EXCLUDED.sync_strategy END,
                e.details || EXCLUDED.details)
        RETURNING (e.xmax = 0) AS added
        """;

    static final String RETAIN_EDGES = """
        DELETE FROM repository_relationships
         WHERE source_repo_id = (SELECT id FROM repositories WHERE name = :source)
           AND NOT EXISTS (SELECT 1
                             FROM unnest(:targets::text[], :types::text[]) AS given (target, type)
                             JOIN repositories t ON t.name = given.target
                            WHERE t.id = target_repo_id
                              AND given.type = relationship_type)
        """;

    static final String EDGES = """
        SELECT s.name AS source, t.name AS target, e.relationship_type, e.description, e.sync_strategy, e.details
          FROM repository_relationships e
          JOIN repositories s ON s.id = e.source_repo_id
          JOIN repositories t ON t.id = e.target_repo_id
         WHERE (:source::text IS NULL OR s.name = :source)
           AND (:target::text IS NULL OR t.name = :target)
         ORDER BY s.name, e.relationship_type, t.name
        """;

    Dependencies(Database database) {
        super(database, SearchSink.NONE, new Kind<>("dependency", Dependency.class, true, PUT, FIND, DELETE));
    }

    @Override
    Object identity(Dependency entry) {
        return List.of(entry.name(), entry.manifest());
    }

    @Override
    Optional<SearchText> text(Stored<Dependency> entry) {
        return Optional.empty();
    }

    /** Newest first; only those of a repository, if it is present. */
    public Page<Stored<Dependency>> list(Optional<String> repository, Optional<String> cursor, int limit) {
        return database().read(handle -> page(handle.createQuery(LIST)
                .bind("repository", repository.orElse(null)), cursor, limit));
    }

    /** {@link #put} of a set that takes the place of the stored one. */
    public Change replace(Transaction tx, String repository, Collection<Dependency> entries) {
        var change = put(tx, repository, entries);
        tx.handle().createUpdate(RETAIN).bind("repository", repository)
                .bind("ids", change.ids().toArray(String[]::new)).execute();
        return change;
    }

    /**
     * Adds edges between repositories, or completes those that are there, in the caller's transaction. Repositories that are
     * not known yet are added. Whether edges close a circle is for the caller to ask: {@link DependencyCycles}.
     */
    public Change putEdges(Transaction tx, Collection<DependencyEdge> edges) {
        if (edges.isEmpty()) {
            return Change.NONE;
        }
        var unique = new LinkedHashMap<List<Object>, DependencyEdge>();
        edges.forEach(edge -> unique.put(List.of(edge.source(), edge.target(), edge.type()), edge));
        var names = new TreeSet<String>();
        edges.forEach(edge -> names.addAll(List.of(edge.source(), edge.target())));
        tx.handle().createUpdate(PUT_REPOSITORIES).bind("names", names.toArray(String[]::new)).execute();
        var changed = tx.handle().createQuery(PUT_EDGES).bind("edges", Json.MAPPER.writeValueAsString(unique.values()))
                .mapTo(Boolean.class).list();
        int added = (int) changed.stream().filter(isNew -> isNew).count();
        return new Change(added, changed.size() - added, unique.size() - changed.size(), List.of());
    }

    /** {@link #putEdges} of all that depend on a repository: edges that are not among them are removed. */
    public Change replaceEdges(Transaction tx, String source, Collection<DependencyEdge> edges) {
        var change = putEdges(tx, edges);
        tx.handle().createUpdate(RETAIN_EDGES).bind("source", source)
                .bind("targets", edges.stream().map(DependencyEdge::target).toArray(String[]::new))
                .bind("types", edges.stream().map(edge -> edge.type().name().toLowerCase(Locale.ROOT))
                        .toArray(String[]::new))
                .execute();
        return change;
    }

    /**
     * Refuses circles, in the transaction that may have closed one.
     *
     * @throws dev.howdah.postgres.InvalidInputException if there is one; the message names it
     */
    public void refuseCircles(Transaction tx) {
        DependencyCycles.refuse(edges(tx.handle(), Optional.empty(), Optional.empty()).stream()
                .map(edge -> new DependencyCycles.Edge(edge.source(), edge.target())).toList());
    }

    /** Edges from a source to a target; what is absent does not matter. */
    public List<DependencyEdge> edges(Optional<String> source, Optional<String> target) {
        return database().read(handle -> edges(handle, source, target));
    }

    static List<DependencyEdge> edges(Handle handle, Optional<String> source, Optional<String> target) {
        return handle.createQuery(EDGES).bind("source", source.orElse(null)).bind("target", target.orElse(null))
                .map((row, context) -> new DependencyEdge(row.getString("source"), row.getString("target"),
                        RelationshipType.valueOf(row.getString("relationship_type").toUpperCase(Locale.ROOT)),
                        row.getString("description"), row.getString("sync_strategy"),
                        Json.MAPPER.readTree(row.getString("details")).asObject()))
                .list();
    }
}
