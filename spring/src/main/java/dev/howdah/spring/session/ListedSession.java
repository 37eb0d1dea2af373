package dev.howdah.spring.session;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.sessions.SessionSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.session.FindByIndexNameSessionRepository;

/**
 * One of a user's sessions. Its id is stored hashed and what it holds is read with its id only, so this is what lists know: whose it is
 * and its times.
 */
record ListedSession(SessionSummary summary) implements HowdahSession {
    @Override
    public UUID handle() {
        return summary.handle();
    }

    @Override
    public String getId() {
        return summary.handle().toString();
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller's type, by Spring's contract
    public <T> @Nullable T getAttribute(String name) {
        return getAttributeNames().contains(name) ? (T) summary.user().orElseThrow() : null;
    }

    /** Spring Security's registry of sessions asks a session whose it is. */
    @Override
    public Set<String> getAttributeNames() {
        return summary.user().isPresent()
                ? Set.of(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME)
                : Set.of();
    }

    @Override
    public Instant getCreationTime() {
        return summary.createdAt();
    }

    @Override
    public Instant getLastAccessedTime() {
        return summary.accessedAt();
    }

    /** From its last use to its end: less than its idle timeout if it ends at its absolute one before. */
    @Override
    public Duration getMaxInactiveInterval() {
        return Duration.between(summary.accessedAt(), summary.expiresAt());
    }

    @Override
    public boolean isExpired() {
        return !Instant.now().isBefore(summary.expiresAt());
    }

    @Override
    public String changeSessionId() {
        throw refused();
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        throw refused();
    }

    @Override
    public void removeAttribute(String name) {
        throw refused();
    }

    @Override
    public void setLastAccessedTime(Instant time) {
        throw refused();
    }

    @Override
    public void setMaxInactiveInterval(Duration interval) {
        throw refused();
    }

    private InvalidInputException refused() {
        return new InvalidInputException("session-listed", "", "the session " + handle() + " was found by its user, "
                + "not by its id, and cannot be changed",
                "end it with deleteById and its handle, or have its own client "
                        + "change it");
    }
}
