package dev.howdah.documents.changes;

import dev.howdah.documents.query.Matcher;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was written, for readers that go on where they were. Nothing is lost and nothing comes twice, however many write at the
 * same time and whoever is killed.
 *
 * <p>A writer's row is numbered before it commits, so a reader that goes by numbers overtakes writers that are slow to commit
 * and never sees their rows. Here rows are ordered by the transaction that wrote them, and only those of transactions below the
 * oldest one that still runs are read ({@code pg_snapshot_xmin}): nothing can come before them any more. The price is that a
 * transaction that stays open holds back the changes of all that began after it. Of one document, changes by transactions that
 * ran at the same time may come in another order than they were made in; their revisions tell.
 *
 * <p>Thread-safe.
 */
public final class ChangeFeed {
    /** Wakes those who follow. */
    public static final String TOPIC = "document-changes";
    /** Events of one page. */
    public static final int PAGE_MAX = 10_000;
    /** Statements that are read at once; each has written up to a thousand documents. */
    private static final int ROWS_MAX = 200;

    /**
     * Rows of each collection behind a place, as far as no transaction can put one before them; no more than have so many ids.
     */
    static final String READ = """
        SELECT tx::text AS tx, seq, number, name, operation, ids, revs, at
          FROM (SELECT changes.tx, changes.seq, collections.number, collections.name, changes.operation,
                       changes.ids, changes.revs, changes.at,
                       sum(cardinality(ids)) OVER (ORDER BY changes.tx, changes.seq) - cardinality(ids) AS ids_before
                  FROM document_collections AS collections
                 CROSS JOIN LATERAL (SELECT tx, seq, operation, ids, revs, at
                                       FROM document_changes
                                      WHERE document_changes.collection = collections.number
                                        AND (tx, seq) >= (:tx::text::xid8, :seq)
                                        AND tx < pg_snapshot_xmin(pg_current_snapshot())
                                        AND operation = ANY (:operations::text[])
                                      ORDER BY tx, seq
                                      LIMIT :rows) AS changes
                 WHERE :collection::text IS NULL OR collections.name = :collection
                 ORDER BY changes.tx, changes.seq
                 LIMIT :rows) AS first
         WHERE ids_before <= :ids
         ORDER BY first.tx, seq
        """;

    /** Before which transaction nothing can come any more; asked before the rows are read. */
    static final String WATERMARK = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text";

    /** How far changes were deleted; the furthest of the collections that are read. */
    static final String FORGOTTEN = """
        SELECT forgotten_tx::text AS tx, forgotten_seq AS seq
          FROM document_collections
         WHERE :collection::text IS NULL OR name = :collection
         ORDER BY forgotten_tx DESC, forgotten_seq DESC
         LIMIT 1
        """;

    static final String LOOK_UP = """
        SELECT documents.collection, documents.id, documents.data
          FROM unnest(:collections::int[], :ids::text[]) AS wanted (collection, id)
          JOIN documents ON documents.collection = wanted.collection AND documents.id = wanted.id
        """;

    private final Database database;

    /** Reads what is written through the database. */
    public ChangeFeed(Database database) {
        this.database = database;
    }

    private record Row(long tx, long seq, int collection, String name, ChangeOperation operation,
            List<String> ids, List<Long> revs, Instant at) {}

    private record Place(int collection, String id) {}

    /** The present: behind all that had ended, before all that is under way. */
    public ChangeToken now() {
        return database.withHandle(handle -> new ChangeToken(watermark(handle), 0, 0));
    }

    /** The oldest place that can be read. */
    public ChangeToken oldest(ChangeSelection selection) {
        return database.withHandle(handle -> forgotten(handle, selection));
    }

    /**
     * The changes behind a place.
     *
     * @param limit events at most, 1 to {@link #PAGE_MAX}; with a filter, events that are looked at
     * @throws InvalidInputException if changes behind the place were deleted ({@code change-token-too-old})
     * @throws NotFoundException if the collection is not there
     */
    public ChangePage read(ChangeSelection selection, ChangeToken after, int limit) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw new InvalidInputException("changes-invalid", "limit", "is " + limit, "use 1 to " + PAGE_MAX);
        }
        return database.withHandle(handle -> {
            long watermark = watermark(handle);
            var rows = rows(handle, selection, after, limit);
            // Asked after the rows were read: what was deleted before then shows here.
            if (after.compareTo(forgotten(handle, selection)) < 0) {
                throw tooOld();
            }
            return page(handle, selection, after, limit, rows, watermark);
        });
    }

    /**
     * Follows the feed on a thread of its own until closed.
     *
     * @param events takes each page that has events or moves the place on; if it throws, following ends
     */
    public Follower follow(ChangeSelection selection, ChangeToken after, Consumer<ChangePage> events) {
        var follower = new Follower(this, database.notifications(), selection, after, events);
        follower.start();
        return follower;
    }

    private static long watermark(Handle handle) {
        return Long.parseUnsignedLong(handle.createQuery(WATERMARK).mapTo(String.class).one());
    }

    private static List<Row> rows(Handle handle, ChangeSelection selection, ChangeToken after, int limit) {
        return handle.createQuery(READ).bind("tx", after.txText()).bind("seq", after.seq())
                .bind("rows", Math.min(limit, ROWS_MAX) + 1).bind("ids", (long) limit + after.position())
                .bind("operations", selection.operations().stream().map(ChangeOperation::text).toArray(String[]::new))
                .bind("collection", selection.collection().orElse(null)).map((row, context) -> row(row)).list();
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(Long.parseUnsignedLong(row.getString("tx")), row.getLong("seq"), row.getInt("number"),
                row.getString("name"), ChangeOperation.of(row.getString("operation")),
                List.of((String[]) row.getArray("ids").getArray()), List.of((Long[]) row.getArray("revs").getArray()),
                row.getObject("at", OffsetDateTime.class).toInstant());
    }

    private static ChangeToken forgotten(Handle handle, ChangeSelection selection) {
        return handle.createQuery(FORGOTTEN).bind("collection", selection.collection().orElse(null))
                .map((row, context) -> new ChangeToken(Long.parseUnsignedLong(row.getString("tx")), row.getLong("seq"),
                        Integer.MAX_VALUE))
                .findOne().map(place -> place.tx() == 0 ? new ChangeToken(0, 0, 0) : place)
                .orElseGet(() -> nothing(selection));
    }

    private static ChangeToken nothing(ChangeSelection selection) {
        selection.collection().ifPresent(name -> {
            throw new NotFoundException("collection-not-found", "there is no collection \"" + name + "\"",
                    "create it with: howdah documents create " + name);
        });
        return new ChangeToken(0, 0, 0);
    }

    private static InvalidInputException tooOld() {
        return new InvalidInputException("change-token-too-old", "after",
                "changes behind this place were deleted, because they were older than their retention",
                "read the collection anew, then follow from now on; or raise howdah.documents.changes-retention");
    }

    private static ChangePage page(Handle handle, ChangeSelection selection, ChangeToken after, int limit,
            List<Row> rows, long watermark) {
        var found = new ArrayList<ChangeEvent>();
        var numbers = new ArrayList<Integer>();
        boolean isComplete = rows.size() <= Math.min(limit, ROWS_MAX);
        for (var row : rows) {
            for (int i = 0; i < row.ids.size(); i++) {
                var token = new ChangeToken(row.tx, row.seq, i + 1);
                if (token.compareTo(after) <= 0) {
                    continue;
                }
                if (found.size() == limit) {
                    isComplete = false;
                    break;
                }
                found.add(new ChangeEvent(token, row.operation, row.name, row.ids.get(i), row.revs.get(i), row.at,
                        Optional.empty()));
                numbers.add(row.collection);
            }
        }
        var last = found.isEmpty() ? after : found.getLast().token();
        var end = new ChangeToken(watermark, 0, 0);
        // What is below the watermark has been read; the rows may go on beyond it, because they were read later.
        var next = isComplete && end.compareTo(last) > 0 ? end : last;
        var events = selection.withDocument() || selection.filter().isPresent()
                ? lookedUp(handle, selection, found, numbers)
                : found;
        return new ChangePage(events, next, isComplete);
    }

    private static List<ChangeEvent> lookedUp(Handle handle, ChangeSelection selection, List<ChangeEvent> found,
            List<Integer> numbers) {
        var ids = found.stream().map(ChangeEvent::id).toArray(String[]::new);
        Map<Place, ObjectNode> documents = new HashMap<>();
        handle.createQuery(LOOK_UP).bind("collections", numbers.toArray(Integer[]::new)).bind("ids", ids)
                .map((row, context) -> documents.put(new Place(row.getInt("collection"), row.getString("id")),
                        Values.parseStored(row.getBytes("data"))))
                .list();
        var events = new ArrayList<ChangeEvent>();
        for (int i = 0; i < found.size(); i++) {
            var event = found.get(i);
            var document = Optional.ofNullable(documents.get(new Place(numbers.get(i), event.id())));
            boolean isWanted = selection.filter()
                    .map(filter -> document.filter(Matcher.of(filter)::matches).isPresent()).orElse(true);
            if (isWanted) {
                events.add(new ChangeEvent(event.token(), event.operation(), event.collection(), event.id(),
                        event.rev(), event.at(), selection.withDocument() ? document : Optional.empty()));
            }
        }
        return events;
    }
}
