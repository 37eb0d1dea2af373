package dev.howdah.spring.session;

import dev.howdah.sessions.Session;
import dev.howdah.sessions.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session of the request that has its id. One that was just made has no row until it is saved or asked for its id: ids are made with
 * rows only, and Spring's filter does not ask before it saves. So a request that begins a session usually costs one insert, with all
 * that it put into it; whoever asks earlier gets the id that will stay, at the price of a second statement.
 */
final class LiveSession implements HowdahSession {
    /** A row and the id that opens it. */
    record Stored(SessionId id, Session row) {}

    private final HowdahSessionRepository repository;
    private final SessionAttributes attributes;
    private @Nullable Stored stored;
    private Optional<String> principalBefore = Optional.empty();
    private Instant created;
    private Instant lastAccessed;
    private Duration maxInactive;

    /** A new one. */
    LiveSession(HowdahSessionRepository repository, AttributeValues values, Duration maxInactive) {
        this.repository = repository;
        this.attributes = new SessionAttributes(values, Map.of());
        this.created = Instant.now();
        this.lastAccessed = created;
        this.maxInactive = maxInactive;
    }

    /** One that was found. */
    LiveSession(HowdahSessionRepository repository, AttributeValues values, Stored found) {
        this.repository = repository;
        this.attributes = new SessionAttributes(values, found.row().attributes());
        this.stored = found;
        this.created = found.row().summary().createdAt();
        this.lastAccessed = found.row().summary().accessedAt();
        this.maxInactive = found.row().idleTimeout();
    }

    Optional<Stored> stored() {
        return Optional.ofNullable(stored);
    }

    SessionAttributes attributes() {
        return attributes;
    }

    /** Who was signed in before the changes that are not saved yet. */
    Optional<String> principalBefore() {
        return principalBefore;
    }

    /** Whether there is anything to save. The time of the last access is not: it was noted when the session was found. */
    boolean isChanged() {
        return stored == null || attributes.isChanged() || isOtherTime(stored.row());
    }

    /** Whether it may be unused for another time; a longer one is none where the session lasts to its absolute limit anyway. */
    boolean isOtherTime(Session row) {
        boolean toItsLimit = !row.summary().expiresAt().isBefore(row.absoluteUntil());
        int difference = maxInactive.compareTo(row.idleTimeout());
        return difference < 0 || (difference > 0 && !toItsLimit);
    }

    void saved(Stored now) {
        stored = now;
        created = now.row().summary().createdAt();
        maxInactive = now.row().idleTimeout();
        attributes.saved(now.row().attributes());
    }

    private Stored row() {
        var known = stored;
        return known == null ? repository.begin(this) : known;
    }

    @Override
    public UUID handle() {
        return row().row().summary().handle();
    }

    @Override
    public String getId() {
        return row().id().text();
    }

    /** At once, because the new id is answered. Of a session without a row nobody has seen an id that would have to die. */
    @Override
    public String changeSessionId() {
        var known = stored;
        if (known != null) {
            stored = repository.rotate(known);
        }
        return getId();
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller's type, by Spring's contract
    public <T> @Nullable T getAttribute(String name) {
        return (T) attributes.get(name);
    }

    @Override
    public Set<String> getAttributeNames() {
        return attributes.names();
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        if (value == null) {
            removeAttribute(name);
        } else {
            rememberPrincipal();
            attributes.set(name, value);
        }
    }

    @Override
    public void removeAttribute(String name) {
        rememberPrincipal();
        attributes.remove(name);
    }

    private void rememberPrincipal() {
        if (!attributes.isChanged()) {
            principalBefore = repository.principalOf(this);
        }
    }

    @Override
    public Instant getCreationTime() {
        return created;
    }

    @Override
    public void setLastAccessedTime(Instant time) {
        lastAccessed = time;
    }

    @Override
    public Instant getLastAccessedTime() {
        return lastAccessed;
    }

    @Override
    public void setMaxInactiveInterval(Duration interval) {
        maxInactive = repository.possible(interval);
    }

    @Override
    public Duration getMaxInactiveInterval() {
        return maxInactive;
    }

    @Override
    public boolean isExpired() {
        var now = Instant.now();
        return !now.isBefore(lastAccessed.plus(maxInactive))
                || stored().filter(known -> !now.isBefore(known.row().absoluteUntil())).isPresent();
    }
}
