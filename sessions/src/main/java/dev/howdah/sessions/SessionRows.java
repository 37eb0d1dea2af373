package dev.howdah.sessions;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads rows of the table. */
final class SessionRows {
    private final AttributeCodec codec;

    SessionRows(AttributeCodec codec) {
        this.codec = codec;
    }

    Session session(ResultSet row) throws SQLException {
        var summary = summary(row);
        var metadata = new HashMap<String, JsonNode>();
        JsonMapper.shared().readTree(row.getString("metadata")).properties()
                .forEach(member -> metadata.put(member.getKey(), member.getValue()));
        return new Session(summary, codec.decode(summary.handle(), row.getString("attributes")), Map.copyOf(metadata),
                row.getLong("version"), Duration.ofMillis(row.getLong("idle_ms")), instant(row, "absolute_until"));
    }

    static SessionSummary summary(ResultSet row) throws SQLException {
        return new SessionSummary(row.getObject("id", UUID.class), Optional.ofNullable(row.getString("user_id")),
                Optional.ofNullable(row.getString("agent_id")), Optional.ofNullable(row.getString("address")),
                Optional.ofNullable(row.getString("user_agent")), instant(row, "created_at"),
                instant(row, "updated_at"), instant(row, "accessed_at"), instant(row, "expires_at"),
                optionalInstant(row, "ended_at"), Optional.ofNullable(row.getString("end_reason"))
                        .map(reason -> EndReason.valueOf(reason.toUpperCase(Locale.ROOT))));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return optionalInstant(row, column).orElseThrow();
    }

    static Optional<Instant> optionalInstant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
