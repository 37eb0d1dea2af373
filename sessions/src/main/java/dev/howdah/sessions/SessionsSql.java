package dev.howdah.sessions;

/** What {@link Sessions} asks and tells the database. "Live" is decided by the database's clock in each statement. */
final class SessionsSql {
    /** Ends those that the user has too many of, when one is added; what somebody else holds is ended the next time. */
    static final String DISPLACE = """
        WITH surplus AS MATERIALIZED (
          SELECT id
            FROM sessions
           WHERE user_id = :user AND ended_at IS NULL AND expires_at > now() AND id <> :handle
           ORDER BY accessed_at DESC, id DESC
          OFFSET :keep),
        held AS MATERIALIZED (
          SELECT id
            FROM sessions
           WHERE id IN (SELECT id FROM surplus) AND ended_at IS NULL
           ORDER BY id
             FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE sessions
           SET ended_at = now(), end_reason = 'displaced', attributes = '{}'
          FROM held
         WHERE sessions.id = held.id
        """;

    static final String CREATE = """
        INSERT INTO sessions (id, id_hash, user_id, agent_id, attributes, metadata, ip_address, user_agent, idle_ms,
                              expires_at, absolute_until)
        VALUES (:handle, :hash, :user::text, :agent::text, :attributes::jsonb, :metadata::jsonb, :address::inet,
                :userAgent::text, :idleMillis, now() + :idleMillis * interval '1 ms',
                now() + :absoluteMillis * interval '1 ms')
        RETURNING id, user_id, agent_id, attributes, metadata, version, host(ip_address) AS address, user_agent,
                  idle_ms, created_at, updated_at, accessed_at, expires_at, absolute_until, ended_at, end_reason
        """;

    static final String FIND = """
        SELECT id, user_id, agent_id, attributes, metadata, version, host(ip_address) AS address, user_agent, idle_ms,
               created_at, updated_at, accessed_at, expires_at, absolute_until, ended_at, end_reason, now() AS read_at,
               accessed_at <= now() - LEAST(:touchMillis, idle_ms / 20) * interval '1 ms' AS touch_due
          FROM sessions
         WHERE (id_hash = :hash OR (previous_hash = :hash AND previous_until > now()))
           AND ended_at IS NULL AND expires_at > now()
        """;

    static final String HANDLE = """
        SELECT id
          FROM sessions
         WHERE (id_hash = :hash OR (previous_hash = :hash AND previous_until > now()))
           AND ended_at IS NULL AND expires_at > now()
        """;

    /**
     * Attribute by attribute, in one statement: a concurrent change of others is waited for and built upon, because the
     * new value is computed from the row as it is when its lock is had.
     */
    static final String UPDATE = """
        UPDATE sessions
           SET attributes = CASE WHEN :replaces THEN '{}' ELSE attributes - :removed::text[] END || :set::jsonb,
               metadata = (metadata - :removedMetadata::text[]) || :setMetadata::jsonb,
               version = version + 1,
               updated_at = now(),
               accessed_at = CASE WHEN :extends THEN GREATEST(accessed_at, now()) ELSE accessed_at END,
               expires_at = CASE WHEN :extends
                                 THEN GREATEST(expires_at,
                                               LEAST(now() + idle_ms * interval '1 ms', absolute_until))
                                 ELSE expires_at END
         WHERE (id_hash = :hash OR (previous_hash = :hash AND previous_until > now()))
           AND ended_at IS NULL AND expires_at > now()
           AND (:version::bigint IS NULL OR version = :version::bigint)
           AND (SELECT count(*) <= :attributesMax AND COALESCE(sum(octet_length(key) + octet_length(value::text)), 0)
                                                      <= :bytesMax
                  FROM jsonb_each(CASE WHEN :replaces THEN '{}' ELSE attributes - :removed::text[] END || :set::jsonb))
           AND octet_length(((metadata - :removedMetadata::text[]) || :setMetadata::jsonb)::text) <= :bytesMax
        RETURNING id, user_id, agent_id, attributes, metadata, version, host(ip_address) AS address, user_agent,
                  idle_ms, created_at, updated_at, accessed_at, expires_at, absolute_until, ended_at, end_reason
        """;

    /**
     * Puts off the end by what was noted when sessions were read, at that time by the database's clock. Never waits: whoever
     * holds a row writes it anyway, or the next reader notes it again.
     */
    static final String TOUCH = """
        WITH held AS MATERIALIZED (
          SELECT sessions.id, timestamptz 'epoch' + read.micros * interval '1 microsecond' AS read_at
            FROM unnest(:handles::uuid[], :micros::bigint[]) AS read (id, micros)
            JOIN sessions ON sessions.id = read.id
           WHERE ended_at IS NULL AND expires_at > timestamptz 'epoch' + read.micros * interval '1 microsecond'
           ORDER BY sessions.id
             FOR NO KEY UPDATE OF sessions SKIP LOCKED)
        UPDATE sessions
           SET accessed_at = GREATEST(accessed_at, held.read_at),
               expires_at = GREATEST(expires_at, LEAST(held.read_at + idle_ms * interval '1 ms', absolute_until))
          FROM held
         WHERE sessions.id = held.id
        """;

    static final String EXTEND = """
        UPDATE sessions
           SET expires_at = LEAST(expires_at + :millis * interval '1 ms', absolute_until)
         WHERE (id_hash = :hash OR (previous_hash = :hash AND previous_until > now()))
           AND ended_at IS NULL AND expires_at > now()
        RETURNING expires_at
        """;

    /** Of two at once with the same id, the second finds that it is not the current one any more. */
    static final String ROTATE = """
        UPDATE sessions
           SET id_hash = :newHash,
               previous_hash = CASE WHEN :overlapMillis > 0 THEN id_hash END,
               previous_until = CASE WHEN :overlapMillis > 0 THEN now() + :overlapMillis * interval '1 ms' END,
               user_id = COALESCE(:user::text, user_id),
               accessed_at = GREATEST(accessed_at, now()),
               expires_at = GREATEST(expires_at, LEAST(now() + idle_ms * interval '1 ms', absolute_until))
         WHERE id_hash = :hash AND ended_at IS NULL AND expires_at > now()
        RETURNING id
        """;

    /** In order of their handles, so that two that end the same ones wait for each other and not in a circle. */
    static final String DELETE = """
        WITH held AS MATERIALIZED (
          SELECT id
            FROM sessions
           WHERE (id_hash = ANY (:hashes::bytea[]) OR (previous_hash = ANY (:hashes::bytea[]) AND previous_until > now()))
             AND ended_at IS NULL AND expires_at > now()
           ORDER BY id
             FOR NO KEY UPDATE)
        UPDATE sessions
           SET ended_at = now(), end_reason = 'deleted', attributes = '{}'
          FROM held
         WHERE sessions.id = held.id
        """;

    static final String REVOKE = """
        WITH held AS MATERIALIZED (
          SELECT id
            FROM sessions
           WHERE id = ANY (:handles::uuid[]) AND ended_at IS NULL AND expires_at > now()
           ORDER BY id
             FOR NO KEY UPDATE)
        UPDATE sessions
           SET ended_at = now(), end_reason = 'revoked', attributes = '{}'
          FROM held
         WHERE sessions.id = held.id
        """;

    static final String REVOKE_ALL = """
        WITH held AS MATERIALIZED (
          SELECT id
            FROM sessions
           WHERE user_id = :user AND ended_at IS NULL AND expires_at > now()
             AND (:except::bytea IS NULL
                  OR (id_hash <> :except::bytea
                      AND (previous_hash IS NULL OR previous_hash <> :except::bytea OR previous_until <= now())))
           ORDER BY id
             FOR NO KEY UPDATE)
        UPDATE sessions
           SET ended_at = now(), end_reason = 'revoked', attributes = '{}'
          FROM held
         WHERE sessions.id = held.id
        """;

    static final String OF_USER = """
        SELECT id, user_id, agent_id, host(ip_address) AS address, user_agent, created_at, updated_at, accessed_at,
               expires_at, ended_at, end_reason
          FROM sessions
         WHERE user_id = :user AND ended_at IS NULL AND expires_at > now()
         ORDER BY updated_at DESC, id DESC
         LIMIT :limit
        """;

    /** One statement for each index: a plan for any combination would walk along all sessions. */
    static final String LIST = """
        SELECT id, user_id, agent_id, host(ip_address) AS address, user_agent, created_at, updated_at, accessed_at,
               expires_at, ended_at, end_reason
          FROM sessions
         WHERE ended_at IS NULL AND expires_at > now()
           AND (:before::uuid IS NULL OR id < :before::uuid)
         ORDER BY id DESC
         LIMIT :limit
        """;

    static final String LIST_OF_USER = """
        SELECT id, user_id, agent_id, host(ip_address) AS address, user_agent, created_at, updated_at, accessed_at,
               expires_at, ended_at, end_reason
          FROM sessions
         WHERE user_id = :user AND ended_at IS NULL AND expires_at > now()
           AND (:agent::text IS NULL OR agent_id = :agent::text)
           AND (:before::uuid IS NULL OR id < :before::uuid)
         ORDER BY id DESC
         LIMIT :limit
        """;

    static final String LIST_OF_AGENT = """
        SELECT id, user_id, agent_id, host(ip_address) AS address, user_agent, created_at, updated_at, accessed_at,
               expires_at, ended_at, end_reason
          FROM sessions
         WHERE agent_id = :agent AND ended_at IS NULL AND expires_at > now()
           AND (:before::uuid IS NULL OR id < :before::uuid)
         ORDER BY id DESC
         LIMIT :limit
        """;

    static final String LIST_WITH_ENDED = """
        SELECT id, user_id, agent_id, host(ip_address) AS address, user_agent, created_at, updated_at, accessed_at,
               expires_at, ended_at, end_reason
          FROM sessions
         WHERE (:user::text IS NULL OR user_id = :user::text)
           AND (:agent::text IS NULL OR agent_id = :agent::text)
           AND (:before::uuid IS NULL OR id < :before::uuid)
         ORDER BY id DESC
         LIMIT :limit
        """;

    static final String BY_HANDLE = """
        SELECT id, user_id, agent_id, host(ip_address) AS address, user_agent, created_at, updated_at, accessed_at,
               expires_at, ended_at, end_reason
          FROM sessions
         WHERE id = :handle
        """;

    static final String COUNT = """
        SELECT count(*)
          FROM sessions
         WHERE ended_at IS NULL AND expires_at > now()
        """;

    static final String STATISTICS = """
        SELECT count(*) FILTER (WHERE live) AS active,
               count(*) FILTER (WHERE NOT live AND COALESCE(end_reason, 'expired') = 'expired') AS expired,
               count(*) FILTER (WHERE end_reason <> 'expired') AS deleted,
               count(DISTINCT user_id) FILTER (WHERE live) AS users,
               min(created_at) FILTER (WHERE live) AS oldest,
               max(accessed_at) AS newest_activity,
               pg_total_relation_size('sessions') AS bytes
          FROM (SELECT ended_at IS NULL AND expires_at > now() AS live, end_reason, user_id, created_at, accessed_at
                  FROM sessions) AS counted
        """;

    private SessionsSql() {}
}
