package dev.howdah.cache;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is asked of the two tables of entries, which have the same columns: each statement is written for the logged one, and
 * {@link #in} makes that for the other. Hot ones have positional parameters. Rows of one statement are locked in the order
 * of their keys, so that no two wait for each other.
 *
 * <p>A statement that need not wait for the disk says so itself (the flag): SET LOCAL would be a further round trip.
 */
final class EntrySql {
    /**
     * The keys come by way of a subselect, which hides their number: for a short array PostgreSQL finds a plan of its own ever
     * cheaper than the one it could keep, and plans each call anew, longer than the call takes.
     */
    static final String GET = """
        SELECT key, kind, value, version, expires_at > now() AS live,
               CASE WHEN expires_at = 'infinity' THEN -1 ELSE date_part('epoch', expires_at - now()) * 1000 END AS ttl_ms
          FROM cache_entries
         WHERE cache = ? AND key = ANY ((SELECT ?)::bytea[]) AND stale_until > now()
        """;

    static final String SET = """
        INSERT INTO cache_entries AS entry (cache, key, kind, value, version, ttl_ms, expires_at, stale_until, tags)
        SELECT ?, key, kind, value, version, ttl_ms, expiry.at, expiry.at + stale_ms * interval '1 ms', tags::text[]
          FROM unnest(?::bytea[], ?::smallint[], ?::bytea[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
               AS given (key, kind, value, version, ttl_ms, stale_ms, tags)
         CROSS JOIN LATERAL (SELECT COALESCE(now() + ttl_ms * interval '1 ms', 'infinity') AS at) AS expiry
         CROSS JOIN (SELECT CASE WHEN ? THEN set_config('synchronous_commit', 'off', true) END) AS durability
            ON CONFLICT (cache, key) DO UPDATE
           SET kind = EXCLUDED.kind, value = EXCLUDED.value, version = EXCLUDED.version, ttl_ms = EXCLUDED.ttl_ms,
               expires_at = EXCLUDED.expires_at, stale_until = EXCLUDED.stale_until, tags = EXCLUDED.tags,
               written_at = now(),
               created_at = CASE WHEN entry.expires_at > now() AND entry.kind > 0 THEN entry.created_at ELSE now() END,
               access_count = CASE WHEN entry.expires_at > now() AND entry.kind > 0 THEN entry.access_count ELSE 0 END
        """;

    /** Entries with an end of their own; none of the keys may be taken. */
    static final String COPY = """
        COPY cache_entries (cache, key, kind, value, version, ttl_ms, expires_at, stale_until)
        FROM STDIN (FORMAT binary)
        """;

    /** The same, replacing what is there. */
    static final String LOAD = """
        INSERT INTO cache_entries AS entry (cache, key, kind, value, version, ttl_ms, expires_at, stale_until)
        SELECT ?, key, kind, value, version, ttl_ms, COALESCE(ends, 'infinity'), COALESCE(ends, 'infinity')
          FROM unnest(?::bytea[], ?::smallint[], ?::bytea[], ?::bigint[], ?::bigint[], ?::timestamptz[])
               AS given (key, kind, value, version, ttl_ms, ends)
            ON CONFLICT (cache, key) DO UPDATE
           SET kind = EXCLUDED.kind, value = EXCLUDED.value, version = EXCLUDED.version, ttl_ms = EXCLUDED.ttl_ms,
               expires_at = EXCLUDED.expires_at, stale_until = EXCLUDED.stale_until, tags = NULL, written_at = now(),
               created_at = now(), access_count = 0
        """;

    static final String READ_LOADED = """
        SELECT key, kind, value, CASE WHEN expires_at = 'infinity' THEN NULL ELSE expires_at END AS ends, ttl_ms
          FROM cache_entries
         WHERE cache = ? AND key = ANY (?) AND expires_at > now() AND kind > 0
        """;

    /** Only what is absent; one that has expired is. */
    static final String ADD = """
        INSERT INTO cache_entries AS entry (cache, key, kind, value, version, ttl_ms, expires_at, stale_until, tags)
        SELECT ?, key, kind, value, version, ttl_ms, expiry.at, expiry.at + stale_ms * interval '1 ms', tags::text[]
          FROM unnest(?::bytea[], ?::smallint[], ?::bytea[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
               AS given (key, kind, value, version, ttl_ms, stale_ms, tags)
         CROSS JOIN LATERAL (SELECT COALESCE(now() + ttl_ms * interval '1 ms', 'infinity') AS at) AS expiry
         CROSS JOIN (SELECT CASE WHEN ? THEN set_config('synchronous_commit', 'off', true) END) AS durability
            ON CONFLICT (cache, key) DO UPDATE
           SET kind = EXCLUDED.kind, value = EXCLUDED.value, version = EXCLUDED.version, ttl_ms = EXCLUDED.ttl_ms,
               expires_at = EXCLUDED.expires_at, stale_until = EXCLUDED.stale_until, tags = EXCLUDED.tags,
               written_at = now(), created_at = now(), access_count = 0
         WHERE entry.expires_at <= now() OR entry.kind = 0
        RETURNING key
        """;

    /** Only what is there, and of the version that is expected if one is. */
    static final String REPLACE = """
        WITH held AS MATERIALIZED (
          SELECT entry.key
            FROM cache_entries AS entry
            JOIN unnest(?::bytea[], ?::bigint[]) AS given (key, expected) ON given.key = entry.key
           WHERE cache = ? AND entry.key = ANY (?) AND expires_at > now() AND kind > 0
             AND (expected IS NULL OR version = expected)
           ORDER BY entry.key
             FOR UPDATE OF entry)
        INSERT INTO cache_entries AS entry (cache, key, kind, value, version, ttl_ms, expires_at, stale_until, tags)
        SELECT ?, given.key, kind, value, version, ttl_ms, expiry.at, expiry.at + stale_ms * interval '1 ms', tags::text[]
          FROM unnest(?::bytea[], ?::smallint[], ?::bytea[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
               AS given (key, kind, value, version, ttl_ms, stale_ms, tags)
          JOIN held ON held.key = given.key
         CROSS JOIN LATERAL (SELECT COALESCE(now() + ttl_ms * interval '1 ms', 'infinity') AS at) AS expiry
         CROSS JOIN (SELECT CASE WHEN ? THEN set_config('synchronous_commit', 'off', true) END) AS durability
            ON CONFLICT (cache, key) DO UPDATE
           SET kind = EXCLUDED.kind, value = EXCLUDED.value, version = EXCLUDED.version, ttl_ms = EXCLUDED.ttl_ms,
               expires_at = EXCLUDED.expires_at, stale_until = EXCLUDED.stale_until, tags = EXCLUDED.tags,
               written_at = now()
        RETURNING key
        """;

    /**
     * Takes the leases of those who load the keys first, which waits for one who is storing. What that one has stored is not seen
     * by this statement, so that it has to be run again if there were such leases: it tells.
     */
    static final String DELETE = """
        WITH leases AS MATERIALIZED (
          DELETE FROM cache_loads
           WHERE cache = ? AND key = ANY (ARRAY (SELECT key
                                                   FROM cache_loads
                                                  WHERE cache = ? AND key = ANY (?)
                                                  ORDER BY key
                                                    FOR UPDATE))
          RETURNING key),
        held AS MATERIALIZED (
          SELECT key, expires_at > now() AND kind > 0 AS live
            FROM cache_entries
           WHERE cache = ? AND key = ANY (?) AND (?::bigint IS NULL OR (version = ? AND expires_at > now()))
             AND (SELECT count(*) FROM leases) >= 0
           ORDER BY key
             FOR UPDATE),
        gone AS (
          DELETE FROM cache_entries
           WHERE cache = ? AND key = ANY (ARRAY (SELECT key FROM held)))
        SELECT held.key, held.live, seen.count > 0 AS was_loading, seen.durability
          FROM (SELECT count(*) AS count,
                       CASE WHEN ? THEN set_config('synchronous_commit', 'off', true) END AS durability
                  FROM cache_loads
                 WHERE cache = ? AND key = ANY (?)) AS seen
          LEFT JOIN held ON true
        """;

    /**
     * The value that is inserted is the initial one plus what is added. What is no whole number, or would no longer be one of 64
     * bits, stays as it is and is not answered.
     */
    static final String INCREMENT = """
        INSERT INTO cache_entries AS entry (cache, key, kind, value, version, ttl_ms, expires_at, stale_until, tags)
        SELECT ?, key, 4, decode(number, 'escape'), version, ttl_ms, expiry.at, expiry.at, tags::text[]
          FROM unnest(?::bytea[], ?::text[], ?::bigint[], ?::bigint[], ?::text[])
               AS given (key, number, version, ttl_ms, tags)
         CROSS JOIN LATERAL (SELECT COALESCE(now() + ttl_ms * interval '1 ms', 'infinity') AS at) AS expiry
         CROSS JOIN (SELECT CASE WHEN ? THEN set_config('synchronous_commit', 'off', true) END) AS durability
            ON CONFLICT (cache, key) DO UPDATE
           SET kind = 4, version = EXCLUDED.version, written_at = now(),
               value = CASE WHEN entry.expires_at > now() AND entry.kind > 0
                            THEN decode((encode(entry.value, 'escape')::numeric + encode(EXCLUDED.value, 'escape')::numeric
                                         - ?::bigint)::text, 'escape')
                            ELSE EXCLUDED.value END,
               ttl_ms = CASE WHEN entry.expires_at > now() AND entry.kind > 0 THEN entry.ttl_ms ELSE EXCLUDED.ttl_ms END,
               stale_until = CASE WHEN entry.expires_at > now() AND entry.kind > 0 THEN entry.stale_until
                                  ELSE EXCLUDED.stale_until END,
               expires_at = CASE WHEN entry.expires_at > now() AND entry.kind > 0 THEN entry.expires_at
                                 ELSE EXCLUDED.expires_at END,
               tags = CASE WHEN entry.expires_at > now() AND entry.kind > 0 THEN entry.tags ELSE EXCLUDED.tags END,
               created_at = CASE WHEN entry.expires_at > now() AND entry.kind > 0 THEN entry.created_at ELSE now() END,
               access_count = CASE WHEN entry.expires_at > now() AND entry.kind > 0 THEN entry.access_count ELSE 0 END
         WHERE CASE WHEN entry.expires_at <= now() OR entry.kind = 0 THEN true
                    WHEN octet_length(entry.value) > 20 OR encode(entry.value, 'escape') !~ '^-?[0-9]+$' THEN false
                    ELSE encode(entry.value, 'escape')::numeric + encode(EXCLUDED.value, 'escape')::numeric - ?::bigint
                         BETWEEN -9223372036854775808 AND 9223372036854775807 END
        RETURNING key, encode(value, 'escape') AS number
        """;

    /** Gives what is there another time to live, or its own again; the value and its version stay. */
    static final String TOUCH = """
        WITH held AS MATERIALIZED (
          SELECT key
            FROM cache_entries
           WHERE cache = ? AND key = ANY (?) AND expires_at > now() AND kind > 0
           ORDER BY key
             FOR UPDATE),
        touched AS (
          UPDATE cache_entries
             SET ttl_ms = CASE WHEN renewed.own THEN cache_entries.ttl_ms ELSE renewed.ttl_ms END,
                 expires_at = COALESCE(now() + (CASE WHEN renewed.own THEN cache_entries.ttl_ms ELSE renewed.ttl_ms END)
                                               * interval '1 ms', 'infinity'),
                 stale_until = COALESCE(now() + (CASE WHEN renewed.own THEN cache_entries.ttl_ms ELSE renewed.ttl_ms END)
                                                * interval '1 ms', 'infinity')
                               + CASE WHEN expires_at = 'infinity' THEN interval '0' ELSE stale_until - expires_at END,
                 accessed_at = now()
            FROM (SELECT ?::boolean AS own, ?::bigint AS ttl_ms) AS renewed
           WHERE cache = ? AND key = ANY (ARRAY (SELECT key FROM held)))
        SELECT key, CASE WHEN ? THEN set_config('synchronous_commit', 'off', true) END AS durability
          FROM held
        """;

    /** Everything about live entries but their values. */
    static final String DESCRIBE = """
        SELECT key, kind, octet_length(value) AS bytes, version,
               CASE WHEN expires_at = 'infinity' THEN -1 ELSE date_part('epoch', expires_at - now()) * 1000 END AS ttl_ms,
               created_at, written_at, accessed_at, access_count, tags
          FROM cache_entries
         WHERE cache = :cache AND key = :key AND expires_at > now() AND kind > 0
        """;

    /** Keys in order, from one on; patterns and bounds are bytes. */
    static final String KEYS = """
        SELECT key, kind, octet_length(value) AS bytes, version,
               CASE WHEN expires_at = 'infinity' THEN -1 ELSE date_part('epoch', expires_at - now()) * 1000 END AS ttl_ms,
               created_at, written_at, accessed_at, access_count, tags
          FROM cache_entries
         WHERE cache = :cache AND key > :after AND key >= :from AND (:to::bytea IS NULL OR key < :to)
           AND expires_at > now() AND kind > 0 AND key LIKE :pattern
         ORDER BY key
         LIMIT :limit
        """;

    static final String HOT_KEYS = """
        SELECT key, kind, octet_length(value) AS bytes, version,
               CASE WHEN expires_at = 'infinity' THEN -1 ELSE date_part('epoch', expires_at - now()) * 1000 END AS ttl_ms,
               created_at, written_at, accessed_at, access_count, tags
          FROM cache_entries
         WHERE cache = :cache AND access_count > 0 AND expires_at > now() AND kind > 0
         ORDER BY access_count DESC, key
         LIMIT :limit
        """;

    /** The next ones, with or without a tag that they must have; answers whether they were live. */
    static final String DELETE_TAGGED = """
        WITH held AS MATERIALIZED (
          SELECT key, expires_at > now() AND kind > 0 AS live
            FROM cache_entries
           WHERE cache = :cache AND tags && :tags::text[]
           ORDER BY key
           LIMIT :limit
             FOR UPDATE),
        gone AS (
          DELETE FROM cache_entries
           WHERE cache = :cache AND key = ANY (ARRAY (SELECT key FROM held)))
        SELECT key, live
          FROM held
        """;

    /** The next ones after a key. */
    static final String DELETE_ALL = """
        WITH held AS MATERIALIZED (
          SELECT key, expires_at > now() AND kind > 0 AS live
            FROM cache_entries
           WHERE cache = :cache AND key > :after
           ORDER BY key
           LIMIT :limit
             FOR UPDATE),
        gone AS (
          DELETE FROM cache_entries
           WHERE cache = :cache AND key = ANY (ARRAY (SELECT key FROM held)))
        SELECT key, live
          FROM held
         ORDER BY key
        """;

    /** What is loaded now is not stored. */
    static final String FORGET_LOADS = """
        DELETE FROM cache_loads
         WHERE cache = :cache
        """;

    static final String TOTALS = """
        SELECT count(*) AS total, count(*) FILTER (WHERE expires_at > now() AND kind > 0) AS active,
               COALESCE(avg(access_count), 0)::float8 AS access_count_avg,
               COALESCE(max(access_count), 0) AS access_count_max,
               COALESCE(sum(octet_length(key) + octet_length(value)), 0)::bigint AS bytes,
               pg_total_relation_size('cache_entries') AS table_bytes
          FROM cache_entries
         WHERE cache = :cache
        """;

    /** What was read since the last time; rows that others have locked are left out, they are in use anyway. */
    static final String STORE_ACCESSES = """
        WITH held AS MATERIALIZED (
          SELECT entry.ctid AS place, given.count
            FROM unnest(?::bytea[], ?::bigint[]) AS given (key, count)
            JOIN cache_entries AS entry ON entry.cache = ? AND entry.key = given.key
             FOR UPDATE OF entry SKIP LOCKED)
        UPDATE cache_entries AS entry
           SET access_count = access_count + held.count, accessed_at = now()
          FROM held
         WHERE entry.ctid = held.place
        """;

    /** Locks what is there, and holds the place of what is not by a row that has expired already. */
    static final String LOCK = """
        INSERT INTO cache_entries AS entry (cache, key, kind, value, version, expires_at, stale_until)
        SELECT ?, key, 0, '', 0, now(), now()
          FROM unnest(?::bytea[]) AS given (key)
         CROSS JOIN (SELECT CASE WHEN ? THEN set_config('synchronous_commit', 'off', true) END) AS durability
            ON CONFLICT (cache, key) DO UPDATE
           SET version = entry.version
         WHERE false -- which locks the row all the same
        """;

    /** To wait for a lock takes time: what counts is the clock after it. */
    static final String LOCKED = """
        SELECT key, kind, value,
               CASE WHEN expires_at = 'infinity' THEN -1
                    ELSE date_part('epoch', expires_at - clock_timestamp()) * 1000 END AS ttl_ms
          FROM cache_entries
         WHERE cache = ? AND key = ANY (?) AND expires_at > clock_timestamp() AND kind > 0
        """;

    private static final Map<String, String> UNLOGGED = new ConcurrentHashMap<>();

    private EntrySql() {}

    /** The statement for the table of the durability. */
    static String in(Durability durability, String sql) {
        return durability == Durability.UNLOGGED
                ? UNLOGGED.computeIfAbsent(sql, logged -> logged.replace("cache_entries", "cache_entries_unlogged"))
                : sql;
    }
}
