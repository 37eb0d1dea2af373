package dev.howdah.knowledge.weaviate;

import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.vector.EntryChanges;
import dev.howdah.knowledge.vector.SharedLook;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.UnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Keeps classes of Weaviate in step with collections. How far a class has seen is a row of {@code search_followers}, which
 * moves on only when Weaviate has acknowledged everything up to there. Whoever writes to a class holds the lock of that
 * row, so that of two processes the later one writes what is newer; sending something again changes nothing.
 *
 * <p>A class is filled once. If that was interrupted, if its settings are others, if it has not looked for so long that
 * deletions may be forgotten, or if it vanished, another one under a new name takes its place, and the old one is removed
 * later: a request that was on its way to the old one can do no harm. Thread-safe.
 */
final class Follower {
    private static final int ATTEMPTS_MAX = 5;
    /** Entries that are compared at once. */
    private static final int PAGE = 1_000;
    private static final int SCHEMA_CHARS_MAX = 63;
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    static final String VERSIONS = """
        SELECT id, CAST(changed AS text) AS version
          FROM search_entries
         WHERE collection_id = :collection AND id = ANY (:entries) AND embedding IS NOT NULL
        """;
    static final String IDS = """
        SELECT id
          FROM search_entries
         WHERE collection_id = :collection AND id > :after AND embedding IS NOT NULL
         ORDER BY id
         LIMIT :limit
        """;

    private final Database database;
    private final WeaviateServer server;
    private final Map<SearchCollection, SharedLook<Look>> looks = new ConcurrentHashMap<>();

    /**
     * What was found on looking.
     *
     * @param copy the class that holds the collection
     * @param snapshot what it sees is in the class
     */
    record Look(String copy, String snapshot) {}

    Follower(Database database, WeaviateServer server) {
        this.database = database;
        this.server = server;
    }

    /**
     * Takes in what was committed, and makes the class if need be.
     *
     * @throws ConflictException if the collection is not described like this any more
     * @throws UnavailableException if Weaviate does not answer, or somebody else has been filling the class for long
     */
    Look look(SearchCollection collection) {
        return looks.computeIfAbsent(collection, any -> new SharedLook<>()).fresh(() -> brought(collection));
    }

    private Look brought(SearchCollection collection) {
        for (int i = 0; i < ATTEMPTS_MAX; i++) {
            var look = database.withHandle(handle -> upToDate(handle, collection))
                    .or(() -> alone(handle -> advance(handle, collection)));
            if (look.isPresent()) {
                return look.get();
            }
            removeLeftOver();
        }
        throw outOfStep(collection);
    }

    private Optional<Look> upToDate(Handle handle, SearchCollection collection) {
        return FollowerRows.find(handle, collection).filter(copy -> copy.recent() && isWhole(copy, collection))
                .flatMap(Follower::look)
                .filter(look -> !EntryChanges.isAny(handle, collection, look.snapshot()));
    }

    /** Empty if there is another copy to look at now. */
    private Optional<Look> advance(Handle handle, SearchCollection collection) {
        var locked = FollowerRows.lock(handle, collection);
        if (locked.isEmpty()) {
            insert(handle, collection);
            return Optional.empty();
        }
        var copy = locked.get();
        // Weaviate makes a class that is written to and missing, but by its own settings; hence the question.
        boolean exists = server.exists(copy.name());
        if (copy.snapshot() == null && !exists && isFor(copy, collection)) {
            server.create(copy.name(), collection.requireVectors());
        } else if (!exists || !isWhole(copy, collection)) {
            FollowerRows.abandon(handle, copy.name());
            insert(handle, collection);
            return Optional.empty();
        }
        var since = copy.snapshot() == null ? EntryChanges.NOTHING : copy.snapshot();
        var outgoing = new Outgoing(server, copy.name());
        var snapshot = EntryChanges.read(handle, collection, since, outgoing);
        outgoing.flush();
        FollowerRows.advance(handle, copy.name(), snapshot);
        return Optional.of(new Look(copy.name(), snapshot));
    }

    /** Nobody makes a copy for a collection as it was once: its owner and others would replace each other's for ever. */
    private void insert(Handle handle, SearchCollection collection) {
        if (!FollowerRows.isCurrent(handle, collection)) {
            throw new ConflictException("collection-changed", "collection \"" + collection.name()
                    + "\" was deleted or given other vectors since it was read", "read it again");
        }
        FollowerRows.insert(handle, collection, newName(collection),
                WeaviateServer.description(collection.requireVectors()));
    }

    /** Others may share this Weaviate, with the same schemas: a part of the name is random. */
    private String newName(SearchCollection collection) {
        var schema = database.settings().schema().replaceAll("[^A-Za-z0-9]", "_");
        return "Howdah_" + schema.substring(0, Math.min(schema.length(), SCHEMA_CHARS_MAX)) + "_" + collection.id()
                + "_" + UUID.randomUUID().toString().replace("-", "");
    }

    private static boolean isFor(FollowerRows.Copy copy, SearchCollection collection) {
        return copy.settings().equals(WeaviateServer.description(collection.requireVectors()));
    }

    private static boolean isWhole(FollowerRows.Copy copy, SearchCollection collection) {
        return copy.usable() && isFor(copy, collection);
    }

    private static Optional<Look> look(FollowerRows.Copy copy) {
        return Optional.ofNullable(copy.snapshot()).map(snapshot -> new Look(copy.name(), snapshot));
    }

    /** The copy as it was at the last look, if there is one. */
    Optional<Look> last(SearchCollection collection) {
        return database.withHandle(handle -> FollowerRows.find(handle, collection)
                .filter(copy -> isFor(copy, collection)).flatMap(Follower::look));
    }

    /** Whether the class is gone, so that the next look makes another one. */
    boolean isLost(Look look) {
        if (server.exists(look.copy())) {
            return false;
        }
        database.useTransaction(tx -> FollowerRows.abandon(tx.handle(), look.copy()));
        return true;
    }

    /** Sends these entries as they are now, and removes the objects of those that are gone. */
    void repair(SearchCollection collection, Look look, Collection<Long> entries) {
        alone(handle -> {
            var copy = FollowerRows.lock(handle, collection).filter(now -> now.name().equals(look.copy()));
            if (copy.isPresent()) {
                var gone = new HashSet<>(entries);
                var outgoing = new Outgoing(server, look.copy());
                EntryChanges.vectors(handle, collection, entries, new EntryChanges.Receiver() {
                    @Override
                    public void changed(long entry, String version, float[] vector) {
                        gone.remove(entry);
                        outgoing.changed(entry, version, vector);
                    }

                    @Override
                    public void removed(long entry) {
                        gone.add(entry);
                    }
                });
                gone.forEach(outgoing::removed);
                outgoing.flush();
            }
            return true;
        });
    }

    /** Compares everything in the class with the rows, and repairs what is missing, outdated or not ours. */
    void compare(SearchCollection collection, Look look) {
        var page = server.page(look.copy(), Optional.empty(), PAGE);
        while (!page.isEmpty()) {
            var entries = page.stream().map(WeaviateServer.Held::entry).toList();
            var known = versions(collection, entries);
            repairIfAny(collection, look, entries.stream().filter(entry -> !known.containsKey(entry)).toList());
            page = page.size() < PAGE
                    ? List.of()
                    : server.page(look.copy(), Optional.of(page.getLast().entry()), PAGE);
        }
        var rows = ids(collection, 0);
        while (!rows.isEmpty()) {
            compare(collection, look, rows);
            rows = ids(collection, rows.getLast());
        }
    }

    /** The same for these entries, which have vectors. */
    void compare(SearchCollection collection, Look look, List<Long> entries) {
        for (int from = 0; from < entries.size(); from += PAGE) {
            var part = entries.subList(from, Math.min(from + PAGE, entries.size()));
            var held = new HashMap<Long, String>();
            server.held(look.copy(), part).forEach(given -> held.put(given.entry(), given.version()));
            var astray = new ArrayList<Long>();
            versions(collection, part).forEach((entry, version) -> {
                if (!version.equals(held.get(entry))) {
                    astray.add(entry);
                }
            });
            repairIfAny(collection, look, astray);
        }
    }

    private void repairIfAny(SearchCollection collection, Look look, List<Long> entries) {
        if (!entries.isEmpty()) {
            repair(collection, look, entries);
        }
    }

    private Map<Long, String> versions(SearchCollection collection, List<Long> entries) {
        var versions = new HashMap<Long, String>();
        database.withHandle(handle -> handle.createQuery(VERSIONS).bind("collection", collection.id())
                .bind("entries", entries.toArray(Long[]::new))
                .map((row, context) -> Map.entry(row.getLong("id"), row.getString("version"))).list())
                .forEach(row -> versions.put(row.getKey(), row.getValue()));
        return versions;
    }

    private List<Long> ids(SearchCollection collection, long after) {
        return database.withHandle(handle -> handle.createQuery(IDS).bind("collection", collection.id())
                .bind("after", after).bind("limit", PAGE).mapTo(Long.class).list());
    }

    /** Removes classes that nobody searches any more, those of deleted collections among them. */
    void removeLeftOver() {
        database.useTransaction(tx -> {
            var copies = FollowerRows.leftOver(tx.handle());
            if (!copies.isEmpty()) {
                copies.forEach(server::drop);
                FollowerRows.forget(tx.handle(), copies);
            }
        });
    }

    UnavailableException outOfStep(SearchCollection collection) {
        return new UnavailableException("weaviate-out-of-step", "Weaviate's copy of collection \"" + collection.name()
                + "\" is changed by others all the time", "try again; if it stays so, look for who else writes there",
                null);
    }

    private <T> T alone(Function<Handle, T> work) {
        try {
            return database.inTransaction(tx -> work.apply(tx.handle()));
        } catch (JdbiException e) {
            if (e.getCause() instanceof SQLException cause && LOCK_NOT_AVAILABLE.equals(cause.getSQLState())) {
                throw new UnavailableException("weaviate-busy", "another process is filling Weaviate",
                        "try again when it is done; until then, set howdah.knowledge.vector-index to auto", e);
            }
            throw e;
        }
    }
}
