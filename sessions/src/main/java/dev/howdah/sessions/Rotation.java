package dev.howdah.sessions;

import java.time.Duration;
import java.util.Optional;

/**
 * Why and how a session gets a new id.
 *
 * @param overlap how long the old id still works; the setting's if absent
 * @param user who has signed in; absent keeps the user
 */
public record Rotation(Optional<Duration> overlap, Optional<String> user) {
    /** @throws dev.howdah.postgres.InvalidInputException if the overlap is too long, or comes with a sign-in */
    public Rotation {
        new Checks().text("user", user)
                .fault(overlap.filter(time -> time.isNegative() || time.compareTo(SessionSettings.OVERLAP_MAX) > 0)
                        .isPresent(), "overlap", "is negative or longer than 5m", "use 0s to 5m")
                .fault(user.isPresent() && !overlap.filter(Duration::isZero).isPresent(), "overlap",
                        "the id from before a sign-in must not work after it", "leave it out, or use 0s")
                .raise();
    }

    /** A new id for the same rights; the old one works for the setting's overlap, for requests that are under way. */
    public static Rotation renewal() {
        return new Rotation(Optional.empty(), Optional.empty());
    }

    /** A new id for other rights: the old one ends at once, so that whoever had planted or seen it gets none of them. */
    public static Rotation privilegeChange() {
        return new Rotation(Optional.of(Duration.ZERO), Optional.empty());
    }

    /** The session becomes the user's; the old id ends at once. */
    public static Rotation signIn(String user) {
        return new Rotation(Optional.of(Duration.ZERO), Optional.of(user));
    }

    /** A renewal with an overlap of its own. */
    public static Rotation renewal(Duration overlap) {
        return new Rotation(Optional.of(overlap), Optional.empty());
    }
}
