package dev.howdah.sessions;

import java.util.Optional;

/**
 * Which sessions a list has.
 *
 * @param user only this user's
 * @param agent only those in which this agent acts
 * @param withEnded also those that have ended or expired, as long as they are kept
 */
public record SessionFilter(Optional<String> user, Optional<String> agent, boolean withEnded) {
    /** @throws dev.howdah.postgres.InvalidInputException if a name is blank or too long */
    public SessionFilter {
        new Checks().text("user", user).text("agent", agent).raise();
    }

    /** All live ones. */
    public static SessionFilter live() {
        return new SessionFilter(Optional.empty(), Optional.empty(), false);
    }

    /** The live ones of a user. */
    public static SessionFilter ofUser(String user) {
        return new SessionFilter(Optional.of(user), Optional.empty(), false);
    }
}
