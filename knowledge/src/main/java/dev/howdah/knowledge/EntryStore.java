package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one kind that repositories have: upserted in sets, read by pages, and found by their words. Writing what
 * is there already changes nothing, and an empty field never replaces one that is not, so that what several sources know of
 * an entry adds up. A write holds its repository's row, so that two writers of one repository take turns.
 *
 * @param <T> the type of an entry
 */
public abstract class EntryStore<T> {
    /** Entries that one call may bring. */
    public static final int BATCH_MAX = 10_000;

    private final Database database;
    private final SearchSink sink;
    private final Kind<T> kind;

    /**
     * How a kind is stored.
     *
     * @param name in keys of searchable texts
     * @param numbered whether ids are numbers; otherwise they are UUIDs
     * @param put takes {@code :repository} and {@code :entries}; answers id, added, changed
     * @param find takes {@code :ids}
     * @param delete takes {@code :ids}
     */
    record Kind<T>(String name, Class<T> type, boolean numbered, String put, String find, String delete) {}

    EntryStore(Database database, SearchSink sink, Kind<T> kind) {
        this.database = database;
        this.sink = sink;
        this.kind = kind;
    }

    /** What makes two entries of a repository the same one. */
    abstract Object identity(T entry);

    /** By what an entry is found; absent if it is not. */
    abstract Optional<SearchText> text(Stored<T> entry);

    /** What belongs to entries besides their rows; answers the ids of those that it changed. */
    List<String> putRest(Transaction tx, String repository, Collection<T> entries) {
        return List.of();
    }

    /**
     * Adds entries to a repository, or completes those that are there, in the caller's transaction. A repository that is not
     * known yet is added.
     *
     * @throws InvalidInputException if the repository's name is none, or there are too many entries
     */
    public Change put(Transaction tx, String repository, Collection<T> entries) {
        if (entries.size() > BATCH_MAX) {
            throw new InvalidInputException("batch-too-large", kind.name, entries.size() + " entries at once",
                    "send at most " + BATCH_MAX);
        }
        RepositoryName.check(repository);
        var unique = new LinkedHashMap<Object, T>();
        entries.forEach(entry -> unique.put(identity(entry), entry));
        if (unique.isEmpty()) {
            return Change.NONE;
        }
        Repositories.lock(tx, repository);
        var rows = tx.handle().createQuery(kind.put)
                .bind("repository", repository)
                .bind("entries", Json.MAPPER.writeValueAsString(unique.values().stream().map(this::row).toList()))
                .map((row, context) -> new PutRow(row.getString("id"), row.getBoolean("added"),
                        row.getBoolean("changed")))
                .list();
        return announce(tx, rows, putRest(tx, repository, unique.values()));
    }

    /** {@link #put(Transaction, String, Collection)} in a transaction of its own. */
    public Change put(String repository, Collection<T> entries) {
        return database.inTransaction(tx -> put(tx, repository, entries));
    }

    private record PutRow(String id, boolean added, boolean changed) {}

    private Map<String, Object> row(T entry) {
        var row = new LinkedHashMap<String, Object>();
        Json.of(entry).properties().forEach(field -> row.put(field.getKey(), field.getValue()));
        if (!kind.numbered) {
            row.put("id", Uuids.next());
        }
        return row;
    }

    private Change announce(Transaction tx, List<PutRow> rows, List<String> more) {
        var ids = rows.stream().map(PutRow::id).toList();
        var changed = rows.stream().filter(row -> row.changed || more.contains(row.id)).map(PutRow::id).toList();
        publish(tx, changed);
        int added = (int) rows.stream().filter(PutRow::added).count();
        return new Change(added, changed.size() - added, rows.size() - changed.size(), ids);
    }

    /** Tells the search what these entries say now. */
    final void publish(Transaction tx, List<String> ids) {
        if (!ids.isEmpty()) {
            var texts = find(tx.handle(), ids).stream().flatMap(entry -> text(entry).stream()).toList();
            if (!texts.isEmpty()) {
                sink.put(tx, texts);
            }
        }
    }

    /** One entry; absent if there is none of the id. */
    public Optional<Stored<T>> find(String id) {
        return isId(id)
                ? database.read(handle -> find(handle, List.of(id))).stream().findFirst()
                : Optional.empty();
    }

    final List<Stored<T>> find(Handle handle, List<String> ids) {
        return handle.createQuery(kind.find).bind("ids", ids.toArray(String[]::new))
                .map((row, context) -> read(row)).list();
    }

    /**
     * Removes an entry, in the caller's transaction.
     *
     * @return whether it was there
     */
    public boolean delete(Transaction tx, String id) {
        if (!isId(id)) {
            return false;
        }
        sink.remove(tx, List.of(key(id)));
        return tx.handle().createUpdate(kind.delete).bind("ids", new String[]{id}).execute() > 0;
    }

    /** {@link #delete(Transaction, String)} in a transaction of its own. */
    public boolean delete(String id) {
        return database.inTransaction(tx -> delete(tx, id));
    }

    final Database database() {
        return database;
    }

    final String key(String id) {
        return kind.name + ":" + id;
    }

    final String kindName() {
        return kind.name;
    }

    /** A page of a statement that takes {@code :before} and {@code :limit}, and what is bound already. */
    final Page<Stored<T>> page(Query query, Optional<String> cursor, int limit) {
        cursor.ifPresent(this::checkCursor);
        return Page.of(query.bind("before", cursor.orElse(null)).bind("limit", Page.check(limit) + 1)
                .map((row, context) -> read(row)).list(), limit, Stored::id);
    }

    private void checkCursor(String cursor) {
        if (!isId(cursor)) {
            throw new InvalidInputException("cursor-invalid", "cursor", "is none of this list",
                    "use the cursor that the page before named");
        }
    }

    final boolean isId(String text) {
        if (kind.numbered) {
            return text.matches("\\d{1,18}");
        }
        try {
            return UUID.fromString(text).toString().equalsIgnoreCase(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Stored<T> read(ResultSet row) throws SQLException {
        return new Stored<>(row.getString("id"), row.getString("repository"), time(row, "created_at"),
                time(row, "updated_at"), Json.MAPPER.readValue(row.getString("entry"), kind.type));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** What stands between the lines of a text to be found: empty parts are left out. */
    static String lines(String... parts) {
        var lines = new ArrayList<String>();
        for (var part : parts) {
            if (!part.isBlank()) {
                lines.add(part);
            }
        }
        return String.join("\n", lines);
    }

    /** A filter that is absent matches everything. */
    static @Nullable String label(Optional<? extends Enum<?>> constant) {
        return constant.map(value -> value.name().toLowerCase(java.util.Locale.ROOT)).orElse(null);
    }
}
