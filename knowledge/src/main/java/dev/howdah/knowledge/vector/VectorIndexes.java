package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.vector.VectorIndexSettings.Choice;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * pgvector where the server has it, and the exact index where it has not, or has it no more: the extension may be dropped
 * or installed while this process runs.
 */
public final class VectorIndexes implements VectorIndex {
    private static final Logger LOG = LoggerFactory.getLogger(VectorIndexes.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);
    /** Undefined type, operator or access method: what a statement runs into when the extension is gone. */
    private static final Set<String> EXTENSION_IS_GONE = Set.of("42704", "42883");

    static final String CREATE_EXTENSION = "CREATE EXTENSION IF NOT EXISTS vector SCHEMA public";
    static final String MAY_CREATE = """
        SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector')
           AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        """;

    private final Database database;
    private final Choice choice;
    private final Optional<VectorIndex> outside;
    private final PgVectorIndex pgvector;
    private final ExactIndex exact;
    private volatile boolean hasPgvector;
    private volatile long lookAgainAt = System.nanoTime();

    /** With what this module has. */
    public VectorIndexes(Database database, VectorIndexSettings settings) {
        this(database, settings, Optional.empty());
    }

    /**
     * With another index.
     *
     * @param outside what searches if {@link Choice#WEAVIATE} is chosen; closed with this one
     */
    public VectorIndexes(Database database, VectorIndexSettings settings, Optional<VectorIndex> outside) {
        if (settings.choice() == Choice.WEAVIATE && outside.isEmpty()) {
            throw new InvalidInputException("vector-index-missing", VectorIndexSettings.CHOICE.name(),
                    "weaviate is chosen, and no such index was given", "open WeaviateIndex, or choose another");
        }
        this.database = database;
        this.outside = settings.choice() == Choice.WEAVIATE ? outside : Optional.empty();
        this.choice = settings.choice();
        this.pgvector = new PgVectorIndex(database);
        this.exact = new ExactIndex(database, settings.memoryMax());
    }

    /** Creates the extension in this database if the server has it and we may; to be called once, at the start. */
    public void installPgvector() {
        if (looksForPgvector() && PgVectorIndex.version(database).isEmpty()
                && database.withHandle(handle -> handle.createQuery(MAY_CREATE).mapTo(Boolean.class).one())) {
            database.withHandle(handle -> handle.execute(CREATE_EXTENSION));
            LOG.info("Created the extension pgvector {}", PgVectorIndex.version(database).orElse(""));
        }
    }

    @Override
    public String kind() {
        return outside.map(VectorIndex::kind)
                .orElseGet(() -> choice == Choice.PGVECTOR || usesPgvector() ? pgvector.kind() : exact.kind());
    }

    @Override
    public List<Neighbour> nearest(SearchCollection collection, VectorQuery query) {
        if (outside.isPresent()) {
            return outside.get().nearest(collection, query);
        }
        if (usesPgvector(collection)) {
            try {
                return pgvector.nearest(collection, query);
            } catch (JdbiException e) {
                if (!extensionIsGone(e)) {
                    throw e;
                }
                noteMissing();
            }
        }
        if (choice == Choice.PGVECTOR && PgVectorIndex.supports(collection.requireVectors())) {
            throw missing();
        }
        return exact.nearest(collection, query);
    }

    @Override
    public void prepare(SearchCollection collection) {
        FieldIndexes.prepare(database, collection);
        if (collection.vectors().isPresent()) {
            of(collection).prepare(collection);
        }
    }

    @Override
    public IndexState state(SearchCollection collection) {
        return of(collection).state(collection);
    }

    @Override
    public void close() {
        exact.close();
        outside.ifPresent(VectorIndex::close);
    }

    private VectorIndex of(SearchCollection collection) {
        return outside.orElseGet(() -> usesPgvector(collection) ? pgvector : exact);
    }

    private boolean usesPgvector(SearchCollection collection) {
        return PgVectorIndex.supports(collection.requireVectors()) && usesPgvector();
    }

    private boolean usesPgvector() {
        if (!looksForPgvector()) {
            return false;
        }
        if (!hasPgvector && System.nanoTime() - lookAgainAt >= 0) {
            lookAgainAt = System.nanoTime() + LOOK_EVERY.toNanos();
            hasPgvector = PgVectorIndex.version(database).filter(PgVectorIndex::isUsable).isPresent();
        }
        return hasPgvector;
    }

    private boolean looksForPgvector() {
        return choice == Choice.AUTO || choice == Choice.PGVECTOR;
    }

    private void noteMissing() {
        hasPgvector = false;
        lookAgainAt = System.nanoTime() + LOOK_EVERY.toNanos();
        LOG.warn("pgvector is gone from the database");
    }

    private UnavailableException missing() {
        return new UnavailableException("pgvector-missing",
                "howdah.knowledge.vector-index is pgvector, and the database has no pgvector of at least 0.8.0"
                        + PgVectorIndex.version(database).map(version -> " (it has " + version + ")").orElse(""),
                "install it (CREATE EXTENSION vector), or set howdah.knowledge.vector-index to auto", null);
    }

    private static boolean extensionIsGone(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof SQLException sql && sql.getSQLState() != null) {
                return EXTENSION_IS_GONE.contains(sql.getSQLState());
            }
        }
        return false;
    }
}
