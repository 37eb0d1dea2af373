package dev.howdah.spring.session;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.sessions.NewSession;
import dev.howdah.sessions.Rotation;
import dev.howdah.sessions.Session;
import dev.howdah.sessions.SessionId;
import dev.howdah.sessions.SessionSettings;
import dev.howdah.sessions.Sessions;
import dev.howdah.spring.json.TypedJson;
import dev.howdah.spring.session.LiveSession.Stored;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.IndexResolver;
import org.springframework.session.PrincipalNameIndexResolver;

/**
 * Spring Session's sessions as Howdah's, for its filter:
 *
 * <pre>{@code
 * var json = new TypedJson(List.of("com.acme", SecurityJson.PACKAGE), loader, SecurityJson.modules(List.of("com.acme"), loader));
 * var filter = new SessionRepositoryFilter<>(new HowdahSessionRepository(database, sessions, settings, json));
 * }</pre>
 *
 * What is as with every repository: a request that finds its session counts as use; {@link #save} writes the attributes that were set and
 * removed, in one statement that leaves all others as they are; a session that was ended meanwhile is not brought back by a save, which
 * says so in the log and goes on. What is different, for the sake of ids that are made by Howdah only and stored nowhere:
 *
 * <ul>
 * <li><b>Ids change when rights do.</b> {@code changeSessionId} ends the old id at once, in the database, and not with the save: it is
 * called against ids that were planted before a sign-in, and an overlap would let their owner in. A save that gives the session a user
 * (see below), another one, or none any more changes its id, too; Spring's filter asks for the id after the save and sends it to the
 * client. The response must not be committed by then. Whoever works with the repository directly asks {@code getId} after
 * {@code save}.
 * <li><b>The user</b> is what Spring Session's index of principals says: the attribute {@link #PRINCIPAL_NAME_INDEX_NAME}, or the
 * name in Spring Security's context. Without one any more, the session is replaced by a visitor's, which holds the rest.
 * <li><b>Lists have handles, not ids.</b> The keys of {@link #findByIndexNameAndIndexValue} and the ids of its sessions are the
 * public handles, which open nothing: {@link #findById} does not know them, {@link #deleteById} does. That is enough to show a user's
 * sessions and end them (Spring Boot's actuator does just this), without an endpoint that gives ids away. Spring Security's
 * {@code SpringSessionBackedSessionRegistry} can count sessions with it, but not mark one as expired, nor tell which one is the
 * current; bound them with {@code howdah.sessions.per-user-max} instead.
 * <li><b>How long a session may be unused</b> is stored when it begins: the settings' time, or what {@code setMaxInactiveInterval}
 * says before the first save. Said later, the save replaces the session by one with this time and a new id, and the old id is dead; so
 * say it early, or when somebody signs in. The absolute limit stays. Forever (a negative time) means until then.
 * <li><b>The last access</b> is noted by the database's clock when a session is found; {@code setLastAccessedTime} is for the reader
 * only.
 * </ul>
 *
 * A write is a transaction of Howdah's own, whatever transaction of Spring's is open. Thread-safe.
 */
public final class HowdahSessionRepository implements FindByIndexNameSessionRepository<HowdahSession> {
    private static final Logger LOG = LoggerFactory.getLogger(HowdahSessionRepository.class);
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Database database;
    private final Sessions sessions;
    private final SessionSettings settings;
    private final AttributeValues values;
    private final IndexResolver<HowdahSession> indexes;

    /**
     * With Spring Session's way to find out whose a session is.
     *
     * @param database that the sessions are in
     * @param sessions where they are kept
     * @param settings that they were made with
     * @param json how attributes are written
     */
    public HowdahSessionRepository(Database database, Sessions sessions, SessionSettings settings, TypedJson json) {
        this(database, sessions, settings, json, new PrincipalNameIndexResolver<>());
    }

    /** With another way to find out whose a session is: the index {@link #PRINCIPAL_NAME_INDEX_NAME}, all others are not asked for. */
    public HowdahSessionRepository(Database database, Sessions sessions, SessionSettings settings, TypedJson json,
            IndexResolver<HowdahSession> indexes) {
        this.database = database;
        this.sessions = sessions;
        this.settings = settings;
        this.values = new AttributeValues(json);
        this.indexes = indexes;
    }

    /** A new session, which is stored when it is saved or asked for its id. */
    @Override
    public HowdahSession createSession() {
        return new LiveSession(this, values, settings.idleTimeout());
    }

    /** Stores a new session. */
    Stored begin(LiveSession session) {
        var created = sessions.create(new NewSession(principalOf(session), Optional.empty(),
                session.attributes().written(), Map.of(), Optional.of(session.getMaxInactiveInterval()),
                Optional.empty(), Optional.empty(), Optional.empty()));
        var stored = new Stored(created.id(), created.session());
        session.saved(stored);
        return stored;
    }

    /** The live session of an id; never by a handle, which is no secret. */
    @Override
    public @Nullable HowdahSession findById(String id) {
        return parse(id).flatMap(known -> sessions.find(known).map(row -> new Stored(known, row)))
                .map(found -> new LiveSession(this, values, found)).orElse(null);
    }

    private static Optional<SessionId> parse(String id) {
        try {
            return Optional.of(SessionId.of(id));
        } catch (NotFoundException e) {
            return Optional.empty(); // what a client sent
        }
    }

    /**
     * Writes what has changed, if anything has.
     *
     * @throws dev.howdah.postgres.InvalidInputException if an attribute cannot be stored
     * @throws dev.howdah.postgres.LimitExceededException if the session would hold more than the settings allow
     * @throws NotFoundException if it was ended or got another id meanwhile, and somebody would be signed in with it
     * @throws dev.howdah.postgres.ConflictException if it got another id meanwhile, which overlaps, and somebody would be signed in with it
     */
    @Override
    public void save(HowdahSession session) {
        switch (session) {
            case LiveSession live when live.isChanged() -> live.stored()
                    .ifPresentOrElse(stored -> write(live, stored), () -> begin(live));
            case LiveSession _,ListedSession _ -> {
                // as it was
            }
        }
    }

    private void write(LiveSession session, Stored stored) {
        var principal = session.attributes().isChanged() ? principalOf(session) : session.principalBefore();
        var signedIn = principal.filter(user -> !principal.equals(session.principalBefore()));
        boolean signedOut = principal.isEmpty() && session.principalBefore().isPresent()
                && stored.row().summary().user().isPresent();
        try {
            session.saved(database.inTransaction(tx -> write(tx, session, stored, signedIn, signedOut)));
        } catch (NotFoundException e) {
            if (signedIn.isPresent()) {
                throw e;
            }
            // A request that runs while another one signs out must not fail for it.
            LOG.warn("The session {} has ended or got another id; not stored are {}",
                    stored.row().summary().handle(), session.attributes().changedNames());
            session.saved(stored);
        }
    }

    private Stored write(Transaction tx, LiveSession session, Stored stored, Optional<String> signedIn,
            boolean signedOut) {
        var id = signedIn.map(user -> sessions.rotate(tx, stored.id(), Rotation.signIn(user))).orElse(stored.id());
        var row = sessions.update(tx, id, session.attributes().change());
        return signedOut || session.isOtherTime(row)
                ? replace(tx, id, row, signedOut ? Optional.empty() : row.summary().user(),
                        session.getMaxInactiveInterval())
                : new Stored(id, row);
    }

    /** The library changes neither a session's user to none nor its idle timeout; so another one takes over what it holds. */
    private Stored replace(Transaction tx, SessionId id, Session row, Optional<String> user, Duration idle) {
        sessions.delete(tx, id); // before: it must not count among the user's when there is a further one
        var left = atLeastShortest(Duration.between(row.summary().updatedAt(), row.absoluteUntil()));
        var summary = row.summary();
        var created = sessions.create(tx, new NewSession(user, summary.agent(), row.attributes(), row.metadata(),
                Optional.of(possible(idle, left)), Optional.of(left), summary.ipAddress(), summary.userAgent()));
        return new Stored(created.id(), created.session());
    }

    /** The time that a session can have for one that is asked for. */
    Duration possible(Duration wanted) {
        return possible(wanted, settings.absoluteTimeout());
    }

    private static Duration possible(Duration wanted, Duration longest) {
        return wanted.isNegative() || wanted.compareTo(longest) > 0 ? longest : atLeastShortest(wanted);
    }

    /** In whole milliseconds, as it is stored. */
    private static Duration atLeastShortest(Duration time) {
        return time.compareTo(SHORTEST) < 0 ? SHORTEST : Duration.ofMillis(time.toMillis());
    }

    /** A new id for other rights. */
    Stored rotate(Stored stored) {
        return new Stored(sessions.rotate(stored.id(), Rotation.privilegeChange()), stored.row());
    }

    Optional<String> principalOf(HowdahSession session) {
        return Optional.ofNullable(indexes.resolveIndexesFor(session).get(PRINCIPAL_NAME_INDEX_NAME))
                .filter(name -> !name.isBlank());
    }

    /** Ends a session, named by its id or its handle. */
    @Override
    public void deleteById(String id) {
        handle(id).ifPresentOrElse(handle -> sessions.revoke(List.of(handle)),
                () -> parse(id).ifPresent(sessions::delete));
    }

    private static Optional<UUID> handle(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an id, or nothing
        }
    }

    /** A user's live sessions by their handles, the last changed first; of other indexes there is nothing. */
    @Override
    public Map<String, HowdahSession> findByIndexNameAndIndexValue(String indexName, String indexValue) {
        var found = new LinkedHashMap<String, HowdahSession>();
        if (indexName.equals(PRINCIPAL_NAME_INDEX_NAME)) {
            sessions.ofUser(indexValue).forEach(summary -> found.put(summary.handle().toString(),
                    new ListedSession(summary)));
        }
        return found;
    }
}
