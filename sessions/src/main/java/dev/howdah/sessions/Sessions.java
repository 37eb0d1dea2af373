package dev.howdah.sessions;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sessions of users and agents.
 *
 * <pre>{@code
 * var visitor = sessions.create(NewSession.anonymous());           // visitor.id().text() goes into a cookie
 * var id = sessions.rotate(visitor.id(), Rotation.signIn("ada"));  // a new id; the old one is dead
 * sessions.update(id, SessionChange.setting(Map.of("cart", cart)));
 * sessions.revokeAllExcept("ada", id);                             // "sign out everywhere else"
 * }</pre>
 *
 * What a session is, is decided by rows and the database's clock; an expired one is never answered. Every method that takes
 * an id throws {@link NotFoundException} ({@code session-not-found}) where nothing else is said, if there is no live session
 * with it. Thread-safe.
 */
public final class Sessions implements AutoCloseable {
    /** Sessions that one call lists or ends at most. */
    public static final int PAGE_MAX = 1000;

    private final Database database;
    private final SessionSettings settings;
    private final AttributeCodec codec;
    private final SessionRows rows;
    private final Touches touches;

    public Sessions(Database database, SessionSettings settings) {
        this.database = database;
        this.settings = settings;
        this.codec = new AttributeCodec(settings.encryptionKeys());
        this.rows = new SessionRows(codec);
        this.touches = new Touches(database);
    }

    /**
     * Makes a session. If its user has too many then, those that were not used for longest end.
     *
     * @throws InvalidInputException if it would last longer without use than at all
     * @throws LimitExceededException if it holds more than the settings allow
     */
    public CreatedSession create(NewSession session) {
        return database.inTransaction(tx -> create(tx, session));
    }

    /** {@link #create(NewSession)} in the caller's transaction. */
    public CreatedSession create(Transaction tx, NewSession session) {
        var idle = session.idleTimeout().orElse(settings.idleTimeout());
        var absolute = session.absoluteTimeout().orElse(settings.absoluteTimeout());
        if (idle.compareTo(absolute) > 0) {
            throw new InvalidInputException("session-invalid", "idle_timeout", idle + " is longer than the absolute "
                    + "timeout of " + absolute, "shorten it, or give an absolute timeout that is as long");
        }
        var handle = Uuids.next();
        var attributes = codec.encode(handle, session.attributes());
        var metadata = object(session.metadata());
        checkSize(session.attributes().size(), attributes, metadata);
        var id = SessionId.random();
        var created = tx.handle().createQuery(SessionsSql.CREATE).bind("handle", handle).bind("hash", id.hash())
                .bind("user", session.user().orElse(null)).bind("agent", session.agent().orElse(null))
                .bind("attributes", attributes).bind("metadata", metadata)
                .bind("address", session.ipAddress().orElse(null)).bind("userAgent", session.userAgent().orElse(null))
                .bind("idleMillis", idle.toMillis()).bind("absoluteMillis", absolute.toMillis())
                .map((row, context) -> rows.session(row)).one();
        session.user().ifPresent(user -> displace(tx, user, handle));
        return new CreatedSession(id, created);
    }

    private void displace(Transaction tx, String user, UUID newest) {
        tx.handle().createUpdate(SessionsSql.DISPLACE).bind("user", user).bind("handle", newest)
                .bind("keep", settings.perUserMax() - 1).execute();
    }

    private void checkSize(int count, String attributes, String metadata) {
        if (count > settings.attributesMax() || bytes(attributes) > settings.attributesBytesMax()
                || bytes(metadata) > settings.attributesBytesMax()) {
            throw tooLarge();
        }
    }

    private LimitExceededException tooLarge() {
        return new LimitExceededException("session-too-large", "the session would hold more than "
                + settings.attributesMax() + " attributes, or more than " + settings.attributesBytesMax()
                + " bytes of them or of metadata",
                "keep large things elsewhere and their key here, or raise "
                        + SessionSettings.ATTRIBUTES_MAX.name() + " or " + SessionSettings.ATTRIBUTES_BYTES_MAX.name());
    }

    /** The live session of an id, which counts as used. Writes nothing now; see {@code howdah.sessions.touch-interval}. */
    public Optional<Session> find(SessionId id) {
        return database.withHandle(handle -> read(handle, id)).map(read -> {
            if (read.touchDue) {
                touches.note(read.session.summary().handle(), read.at);
            }
            return read.session;
        });
    }

    /** {@link #find(SessionId)} in the caller's transaction, which may be one for reading only. */
    public Optional<Session> find(Transaction tx, SessionId id) {
        return read(tx.handle(), id).map(read -> {
            if (read.touchDue) {
                tx.afterCommit(() -> touches.note(read.session.summary().handle(), read.at));
            }
            return read.session;
        });
    }

    /** The same as {@link #find(SessionId)} for one that should be there. */
    public Session get(SessionId id) {
        return find(id).orElseThrow(SessionId::unknown);
    }

    private record Read(Session session, Instant at, boolean touchDue) {}

    private Optional<Read> read(Handle handle, SessionId id) {
        return handle.createQuery(SessionsSql.FIND).bind("hash", id.hash())
                .bind("touchMillis", settings.touchInterval().toMillis())
                .map((row, context) -> new Read(rows.session(row), SessionRows.instant(row, "read_at"),
                        row.getBoolean("touch_due")))
                .findOne();
    }

    /**
     * Changes what a session holds; others may do so at the same time, and nothing is lost.
     *
     * @return the session after the change
     * @throws ConflictException if the session is not of the version that the change expects
     * @throws LimitExceededException if it would hold more than the settings allow
     */
    public Session update(SessionId id, SessionChange change) {
        return database.inTransaction(tx -> update(tx, id, change));
    }

    /** {@link #update(SessionId, SessionChange)} in the caller's transaction. */
    public Session update(Transaction tx, SessionId id, SessionChange change) {
        var set = codec.isEncrypting() && !change.set().isEmpty()
                ? codec.encode(handleOf(tx, id), change.set())
                : object(change.set());
        return bindChange(tx.handle().createQuery(SessionsSql.UPDATE), id, change, set)
                .map((row, context) -> rows.session(row)).findOne().orElseThrow(() -> refusal(tx, id, change));
    }

    /** Encrypted values are bound to the handle, which never changes. */
    private static UUID handleOf(Transaction tx, SessionId id) {
        return tx.handle().createQuery(SessionsSql.HANDLE).bind("hash", id.hash()).mapTo(UUID.class).findOne()
                .orElseThrow(SessionId::unknown);
    }

    private Query bindChange(Query query, SessionId id,
            SessionChange change, String set) {
        return query.bind("hash", id.hash()).bind("replaces", change.replaces())
                .bind("removed", change.remove().toArray(String[]::new)).bind("set", set)
                .bind("removedMetadata", change.removeMetadata().toArray(String[]::new))
                .bind("setMetadata", object(change.setMetadata())).bind("extends", change.extending())
                .bind("version", change.expectedVersion().isPresent() ? change.expectedVersion().getAsLong() : null)
                .bind("attributesMax", settings.attributesMax()).bind("bytesMax", settings.attributesBytesMax());
    }

    /** Why a change was not made. */
    private RuntimeException refusal(Transaction tx, SessionId id, SessionChange change) {
        var now = read(tx.handle(), id);
        if (now.isEmpty()) {
            return SessionId.unknown();
        }
        long version = now.get().session.version();
        if (change.expectedVersion().isPresent()
                && change.expectedVersion().getAsLong() != version) {
            return new ConflictException("session-version-conflict", "the session is of version " + version + ", not "
                    + change.expectedVersion().getAsLong(), "read it again and repeat the change");
        }
        return tooLarge();
    }

    /** Counts a session as used, unless that was written a short while ago; its time of expiry. */
    public Instant touch(SessionId id) {
        return database.inTransaction(tx -> touch(tx, id));
    }

    /** {@link #touch(SessionId)} in the caller's transaction. */
    public Instant touch(Transaction tx, SessionId id) {
        var read = read(tx.handle(), id).orElseThrow(SessionId::unknown);
        if (!read.touchDue) {
            return read.session.summary().expiresAt();
        }
        Touches.write(tx.handle(), Map.of(read.session.summary().handle(), read.at));
        return read(tx.handle(), id).orElseThrow(SessionId::unknown).session.summary().expiresAt();
    }

    /**
     * Puts off the end by a time, but not beyond the absolute timeout.
     *
     * @return the new time of expiry
     * @throws InvalidInputException if the time is not positive or too long
     */
    public Instant extend(SessionId id, Duration by) {
        return database.inTransaction(tx -> extend(tx, id, by));
    }

    /** {@link #extend(SessionId, Duration)} in the caller's transaction. */
    public Instant extend(Transaction tx, SessionId id, Duration by) {
        new Checks().timeout("by", Optional.of(by)).raise();
        return tx.handle().createQuery(SessionsSql.EXTEND).bind("hash", id.hash()).bind("millis", by.toMillis())
                .map((row, context) -> SessionRows.instant(row, "expires_at")).findOne()
                .orElseThrow(SessionId::unknown);
    }

    /**
     * Gives a session a new id, which is answered. The old one works for the overlap, then never again; one from before a
     * rotation cannot rotate.
     *
     * @throws ConflictException if the session was rotated with this id already
     */
    public SessionId rotate(SessionId id, Rotation rotation) {
        return database.inTransaction(tx -> rotate(tx, id, rotation));
    }

    /** {@link #rotate(SessionId, Rotation)} in the caller's transaction. */
    public SessionId rotate(Transaction tx, SessionId id, Rotation rotation) {
        var next = SessionId.random();
        var rotated = tx.handle().createQuery(SessionsSql.ROTATE).bind("hash", id.hash())
                .bind("newHash", next.hash()).bind("user", rotation.user().orElse(null))
                .bind("overlapMillis", rotation.overlap().orElse(settings.rotationOverlap()).toMillis())
                .mapTo(UUID.class).findOne();
        if (rotated.isEmpty()) {
            throw read(tx.handle(), id).<RuntimeException>map(old -> new ConflictException("session-rotated",
                    "the session has a newer id already", "use the one that was answered to the first rotation"))
                    .orElseGet(SessionId::unknown);
        }
        rotation.user().ifPresent(user -> displace(tx, user, rotated.get()));
        return next;
    }

    /** Ends a session for its client; false if there was no live one. */
    public boolean delete(SessionId id) {
        return delete(List.of(id)) > 0;
    }

    /** {@link #delete(SessionId)} in the caller's transaction. */
    public boolean delete(Transaction tx, SessionId id) {
        return delete(tx, List.of(id)) > 0;
    }

    /** Ends sessions; how many were live. */
    public int delete(Collection<SessionId> ids) {
        return database.inTransaction(tx -> delete(tx, ids));
    }

    /** {@link #delete(Collection)} in the caller's transaction. */
    public int delete(Transaction tx, Collection<SessionId> ids) {
        checkCount(ids.size());
        return tx.handle().createUpdate(SessionsSql.DELETE)
                .bind("hashes", ids.stream().map(id -> "\\x" + HexFormat.of().formatHex(id.hash()))
                        .toArray(String[]::new))
                .execute();
    }

    /** Ends sessions by their handles, for those who look after them; how many were live. */
    public int revoke(Collection<UUID> handles) {
        return database.inTransaction(tx -> revoke(tx, handles));
    }

    /** {@link #revoke(Collection)} in the caller's transaction. */
    public int revoke(Transaction tx, Collection<UUID> handles) {
        checkCount(handles.size());
        return tx.handle().createUpdate(SessionsSql.REVOKE).bind("handles", handles.toArray(UUID[]::new)).execute();
    }

    private static void checkCount(int count) {
        if (count > PAGE_MAX) {
            throw new InvalidInputException("session-invalid", "", count + " sessions at once are too many",
                    "name at most " + PAGE_MAX);
        }
    }

    /** Ends all sessions of a user; how many were live. */
    public int revokeAll(String user) {
        return database.inTransaction(tx -> revokeAll(tx, user));
    }

    /** {@link #revokeAll(String)} in the caller's transaction. */
    public int revokeAll(Transaction tx, String user) {
        return revokeAll(tx, user, null);
    }

    /** Ends all sessions of a user except the current one; how many were live. */
    public int revokeAllExcept(String user, SessionId current) {
        return database.inTransaction(tx -> revokeAllExcept(tx, user, current));
    }

    /** {@link #revokeAllExcept(String, SessionId)} in the caller's transaction. */
    public int revokeAllExcept(Transaction tx, String user, SessionId current) {
        return revokeAll(tx, user, current.hash());
    }

    private int revokeAll(Transaction tx, String user, byte @Nullable [] except) {
        new Checks().text("user", Optional.of(user)).raise();
        return tx.handle().createUpdate(SessionsSql.REVOKE_ALL).bind("user", user).bind("except", except).execute();
    }

    /** The live sessions of a user, the last changed first; at most {@link #PAGE_MAX}. */
    public List<SessionSummary> ofUser(String user) {
        new Checks().text("user", Optional.of(user)).raise();
        return database.read(handle -> handle.createQuery(SessionsSql.OF_USER).bind("user", user)
                .bind("limit", PAGE_MAX).map((row, context) -> SessionRows.summary(row)).list());
    }

    /**
     * A part of the list, the newest first.
     *
     * @param after the handle behind which to go on; absent for the beginning
     * @param limit sessions at most, 1 to {@link #PAGE_MAX}
     * @throws InvalidInputException if the limit is out of its bounds
     */
    public SessionPage list(SessionFilter filter, Optional<UUID> after, int limit) {
        new Checks().fault(limit < 1 || limit > PAGE_MAX, "limit", limit + " is out of bounds", "use 1 to " + PAGE_MAX)
                .raise();
        var found = database.read(handle -> handle
                .createQuery(statement(filter))
                .bind("user", filter.user().orElse(null)).bind("agent", filter.agent().orElse(null))
                .bind("before", after.orElse(null)).bind("limit", limit + 1)
                .map((row, context) -> SessionRows.summary(row)).list());
        return found.size() <= limit
                ? new SessionPage(found, Optional.empty())
                : new SessionPage(found.subList(0, limit), Optional.of(found.get(limit - 1).handle()));
    }

    private static String statement(SessionFilter filter) {
        if (filter.withEnded()) {
            return SessionsSql.LIST_WITH_ENDED;
        }
        return filter.user().isPresent()
                ? SessionsSql.LIST_OF_USER
                : filter.agent().isPresent() ? SessionsSql.LIST_OF_AGENT : SessionsSql.LIST;
    }

    /**
     * A session by its handle, ended ones too as long as they are kept.
     *
     * @throws NotFoundException if there is none
     */
    public SessionSummary summary(UUID handle) {
        return database.read(open -> open.createQuery(SessionsSql.BY_HANDLE).bind("handle", handle)
                .map((row, context) -> SessionRows.summary(row)).findOne()).orElseThrow(SessionId::unknown);
    }

    /** How many sessions are live. */
    public long activeCount() {
        return database.read(handle -> handle.createQuery(SessionsSql.COUNT).mapTo(Long.class).one());
    }

    /** All sessions in numbers; reads the whole table. */
    public SessionStatistics statistics() {
        return database.read(handle -> handle.createQuery(SessionsSql.STATISTICS)
                .map((row, context) -> new SessionStatistics(row.getLong("active"), row.getLong("expired"),
                        row.getLong("deleted"), row.getLong("users"), SessionRows.optionalInstant(row, "oldest"),
                        SessionRows.optionalInstant(row, "newest_activity"), row.getLong("bytes")))
                .one());
    }

    /** What ends expired sessions and deletes old ones; to be started by one who runs a server or worker. */
    public SessionUpkeep upkeep() {
        return new SessionUpkeep(database, settings);
    }

    /** Writes last accesses that were noted. */
    @Override
    public void close() {
        touches.flush();
    }

    private static String object(Map<String, JsonNode> members) {
        var json = JsonMapper.shared().createObjectNode();
        members.forEach(json::set);
        return json.toString();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
