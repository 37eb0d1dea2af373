package dev.howdah.server;

import dev.howdah.sessions.NewSession;
import dev.howdah.sessions.Session;
import dev.howdah.sessions.SessionChange;
import dev.howdah.sessions.SessionStatistics;
import dev.howdah.sessions.SessionSummary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How sessions look over HTTP. */
final class SessionViews {
    private SessionViews() {}

    /** A session as lists show it. */
    record SummaryView(UUID handle, @Nullable String user, @Nullable String agent, @Nullable String ipAddress,
            @Nullable String userAgent, Instant createdAt, Instant updatedAt, Instant accessedAt, Instant expiresAt,
            @Nullable Instant endedAt, @Nullable String endReason) {
        static SummaryView of(SessionSummary session) {
            return new SummaryView(session.handle(), session.user().orElse(null), session.agent().orElse(null),
                    session.ipAddress().orElse(null), session.userAgent().orElse(null), session.createdAt(),
                    session.updatedAt(), session.accessedAt(), session.expiresAt(), session.endedAt().orElse(null),
                    session.endReason().map(TaskViews::label).orElse(null));
        }
    }

    /**
     * A live session with what it holds.
     *
     * @param id only where it was just made
     */
    record SessionView(@Nullable String id, UUID handle, @Nullable String user, @Nullable String agent,
            Map<String, JsonNode> attributes, Map<String, JsonNode> metadata, long version,
            @Nullable String ipAddress, @Nullable String userAgent, String idleTimeout, Instant createdAt,
            Instant updatedAt, Instant accessedAt, Instant expiresAt, Instant absoluteUntil) {
        static SessionView of(@Nullable String id, Session session) {
            var summary = session.summary();
            return new SessionView(id, summary.handle(), summary.user().orElse(null), summary.agent().orElse(null),
                    new TreeMap<>(session.attributes()), new TreeMap<>(session.metadata()), session.version(),
                    summary.ipAddress().orElse(null),
                    summary.userAgent().orElse(null), session.idleTimeout().toString(), summary.createdAt(),
                    summary.updatedAt(), summary.accessedAt(), summary.expiresAt(), session.absoluteUntil());
        }
    }

    /** A session to be; what is left out is as the settings say. */
    record NewSessionInput(@Nullable String user, @Nullable String agent, @Nullable Map<String, JsonNode> attributes,
            @Nullable Map<String, JsonNode> metadata, @Nullable String idleTimeout, @Nullable String absoluteTimeout,
            @Nullable String ipAddress, @Nullable String userAgent) {
        static final NewSessionInput NONE = new NewSessionInput(null, null, null, null, null, null, null, null);

        NewSession toNewSession() {
            return new NewSession(Optional.ofNullable(user), Optional.ofNullable(agent),
                    Objects.requireNonNullElse(attributes, Map.of()), Objects.requireNonNullElse(metadata, Map.of()),
                    TaskInput.duration("idle_timeout", idleTimeout),
                    TaskInput.duration("absolute_timeout", absoluteTimeout), Optional.ofNullable(ipAddress),
                    Optional.ofNullable(userAgent));
        }
    }

    /**
     * A change of what a session holds; what is left out stays.
     *
     * @param replace whether attributes go that are not set
     * @param extend whether the session counts as used; true if absent
     */
    record ChangeInput(@Nullable Map<String, JsonNode> set, @Nullable Set<String> remove, @Nullable Boolean replace,
            @Nullable Map<String, JsonNode> setMetadata, @Nullable Set<String> removeMetadata,
            @Nullable Boolean extend) {
        SessionChange toChange(OptionalLong expectedVersion) {
            return new SessionChange(Objects.requireNonNullElse(set, Map.of()),
                    Objects.requireNonNullElse(remove, Set.of()), Boolean.TRUE.equals(replace),
                    Objects.requireNonNullElse(setMetadata, Map.of()),
                    Objects.requireNonNullElse(removeMetadata, Set.of()), !Boolean.FALSE.equals(extend),
                    expectedVersion);
        }
    }

    /**
     * Why a session gets a new id.
     *
     * @param user who has signed in
     * @param overlap how long the old id still works, such as {@code 10s}
     */
    record RotationInput(@Nullable String user, @Nullable String overlap) {}

    /** By how much a session is extended, such as {@code 30m}. */
    record ExtensionInput(@Nullable String by) {}

    /** When a session expires. */
    record ExpiryView(Instant expiresAt) {}

    /** Sessions to be ended by their handles. */
    record HandlesInput(@Nullable List<UUID> handles) {}

    /** How many sessions were ended. */
    record EndedView(int ended) {}

    record SessionStatisticsView(long active, long expired, long deleted, long uniqueUsers,
            @Nullable Instant oldestSession,
            @Nullable Instant newestActivity, long tableBytes) {
        static SessionStatisticsView of(SessionStatistics statistics) {
            return new SessionStatisticsView(statistics.active(), statistics.expired(), statistics.deleted(),
                    statistics.users(), statistics.oldest().orElse(null), statistics.newestActivity().orElse(null),
                    statistics.bytes());
        }
    }
}
