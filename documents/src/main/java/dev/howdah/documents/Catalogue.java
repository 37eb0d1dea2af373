package dev.howdah.documents;

import dev.howdah.documents.query.IndexUse;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Notifications.Subscription;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Which collections there are. What was looked up is known for a moment: others tell at once when they create, drop or index
 * one, and if that gets lost, a collection that was dropped is asked for under its old number, whose table is gone.
 */
final class Catalogue implements AutoCloseable {
    /** Wakes those who know collections. */
    static final String TOPIC = "document-collections";

    static final String CREATE = """
        INSERT INTO document_collections (name, retention_ms, document_max)
        VALUES (:name, :retentionMillis, :documentMax)
            ON CONFLICT (name) DO NOTHING
        RETURNING number
        """;

    static final String SET_OPTIONS = """
        UPDATE document_collections
           SET retention_ms = :retentionMillis, document_max = :documentMax
         WHERE name = :name
        """;

    static final String FIND = """
        SELECT number, retention_ms, document_max
          FROM document_collections
         WHERE name = :name
        """;

    static final String INDEXES = """
        SELECT name, kind, paths, is_unique
          FROM document_indexes
         WHERE collection = :collection AND state = 'ready'
         ORDER BY name
        """;

    static final String LIST = """
        SELECT collections.name, created_at, retention_ms, document_max,
               CASE WHEN pg_stat_get_live_tuples(tables.oid) > 0 THEN pg_stat_get_live_tuples(tables.oid)
                    ELSE GREATEST(tables.reltuples, 0)::bigint END AS documents,
               pg_total_relation_size(tables.oid) AS bytes,
               (SELECT count(*) FROM document_indexes WHERE collection = collections.number) AS indexes
          FROM document_collections AS collections
          JOIN pg_class AS tables ON tables.oid = to_regclass('documents_' || collections.number)
         WHERE :name::text IS NULL OR collections.name = :name
         ORDER BY collections.name
        """;

    static final String LOCK = """
        SELECT number
          FROM document_collections
         WHERE name = :name
           FOR UPDATE
        """;

    static final String DELETE = """
        DELETE FROM document_collections
         WHERE number = :collection
        """;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}");
    private static final Duration KNOWN = Duration.ofSeconds(2);

    private final Database database;
    private final Partitions partitions;
    private final ConcurrentMap<String, Known> known = new ConcurrentHashMap<>();
    private final Subscription subscription;
    private volatile @Nullable Boolean textInCodePoints;

    Catalogue(Database database, Partitions partitions) {
        this.database = database;
        this.partitions = partitions;
        this.subscription = database.notifications().subscribe(TOPIC, known::clear);
    }

    /**
     * A collection to write statements for.
     *
     * @param number that statements name
     * @param indexes that are ready
     */
    record Entry(int number, String name, CollectionOptions options, IndexUse indexes) {
        /** The statement for this collection: its number stands in the text, so that the planner sees one table. */
        String sql(String statement) {
            return statement.replace(":collection", Integer.toString(number));
        }

        /** The same of the partition itself, without its parent: opening both takes a twentieth of a short query. */
        String sqlOfPartition(String statement) {
            return sql(statement).replace("FROM documents\n", "FROM " + Partitions.table(number) + "\n");
        }
    }

    private record Known(Entry entry, long untilNanos) {}

    /** Looked up with the caller's connection, so that nobody who has one waits for another. */
    Entry get(Handle handle, String name) {
        return known(name).orElseGet(() -> {
            var entry = read(handle, name).orElseThrow(() -> unknown(name));
            known.put(name, new Known(entry, System.nanoTime() + KNOWN.toNanos()));
            return entry;
        });
    }

    /** As the primary has it: what a replica does not know yet must not be kept. */
    Entry get(String name) {
        return known(name).orElseGet(() -> database.withHandle(handle -> get(handle, name)));
    }

    private Optional<Entry> known(String name) {
        var found = known.get(name);
        return found != null && System.nanoTime() - found.untilNanos < 0
                ? Optional.of(found.entry)
                : Optional.empty();
    }

    private Optional<Entry> read(Handle handle, String name) {
        return handle.createQuery(FIND).bind("name", name).map((row, context) -> {
            int number = row.getInt("number");
            var indexes = handle.createQuery(INDEXES).bind("collection", number)
                    .map((index, inner) -> Indexes.declared(index)).list();
            return new Entry(number, name, options(row), new IndexUse(indexes, textInCodePoints(handle)));
        }).findOne();
    }

    private boolean textInCodePoints(Handle handle) {
        var known = textInCodePoints;
        if (known == null) {
            known = IndexUse.textInCodePoints(handle);
            textInCodePoints = known;
        }
        return known;
    }

    /** Creates it, or sets its options if it is there; whether it was created. */
    boolean create(String name, CollectionOptions options) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidInputException("collection-invalid", "name",
                    "\"" + name + "\" is no name for a collection",
                    "use 1 to 120 letters, digits, _, . and -, the first a letter, digit or _");
        }
        var created = new boolean[1];
        partitions.change(tx -> {
            var number = tx.handle().createQuery(CREATE).bind("name", name)
                    .bind("retentionMillis", options.changesRetention().map(Duration::toMillis).orElse(null))
                    .bind("documentMax", options.documentMax().orElse(null)).mapTo(Integer.class).findOne();
            number.ifPresentOrElse(given -> Partitions.create(tx.handle(), given),
                    () -> tx.handle().createUpdate(SET_OPTIONS).bind("name", name)
                            .bind("retentionMillis", options.changesRetention().map(Duration::toMillis).orElse(null))
                            .bind("documentMax", options.documentMax().orElse(null)).execute());
            created[0] = number.isPresent();
            tx.afterCommit(this::changed);
        });
        return created[0];
    }

    /** Drops it with everything in it; upkeep deletes its changes, which nobody can read any more. */
    void drop(String name) {
        partitions.change(tx -> {
            int number = tx.handle().createQuery(LOCK).bind("name", name).mapTo(Integer.class).findOne()
                    .orElseThrow(() -> unknown(name));
            Partitions.drop(tx.handle(), number);
            tx.handle().createUpdate(DELETE).bind("collection", number).execute();
            tx.afterCommit(this::changed);
        });
    }

    /** From the primary, which alone counts rows. */
    List<CollectionState> list(Optional<String> name) {
        return database.withHandle(handle -> handle.createQuery(LIST).bind("name", name.orElse(null))
                .map((row, context) -> new CollectionState(row.getString("name"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(), options(row),
                        row.getLong("documents"), row.getLong("bytes"), row.getInt("indexes")))
                .list());
    }

    /** Tells all processes that what they know may be wrong. */
    void changed() {
        database.notifications().wake(TOPIC);
    }

    static NotFoundException unknown(String name) {
        return new NotFoundException("collection-not-found", "there is no collection \"" + name + "\"",
                "create it with: howdah documents create " + name);
    }

    private static CollectionOptions options(ResultSet row) throws SQLException {
        @Nullable
        Long retention = row.getObject("retention_ms", Long.class);
        @Nullable
        Integer documentMax = row.getObject("document_max", Integer.class);
        return new CollectionOptions(Optional.ofNullable(retention).map(Duration::ofMillis),
                Optional.ofNullable(documentMax));
    }

    @Override
    public void close() {
        subscription.close();
    }
}
