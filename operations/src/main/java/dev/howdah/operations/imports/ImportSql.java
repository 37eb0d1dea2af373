package dev.howdah.operations.imports;

/** The statements on the tables of imports. */
final class ImportSql {
    static final String FIND = """
        SELECT id, kind, source, target, state, finished_parts, part, position, report, error, lease_until, started_at,
               updated_at, ended_at
          FROM imports
         WHERE id = :id
        """;
    static final String OPEN = """
        SELECT id, state, finished_parts, part, position, report, lease_until <= now() AS is_free
          FROM imports
         WHERE kind = :kind AND source = :source AND target = :target AND state IN ('running', 'stopped')
        """;
    static final String PAGE = """
        SELECT id, kind, source, target, state, finished_parts, part, position, report, error, lease_until, started_at,
               updated_at, ended_at
          FROM imports
         WHERE CAST(:before AS uuid) IS NULL OR id < CAST(:before AS uuid)
         ORDER BY id DESC
         LIMIT :limit
        """;
    static final String INSERT = """
        INSERT INTO imports (id, kind, source, target, report, lease, lease_until)
        VALUES (:id, :kind, :source, :target, CAST(:report AS jsonb), :lease,
                now() + :leaseMillis * interval '1 millisecond')
        ON CONFLICT (kind, source, target) WHERE state IN ('running', 'stopped') DO NOTHING
        """;
    /** Only from a process that stopped or gave no sign for the time of its lease. */
    static final String TAKE = """
        UPDATE imports
           SET state = 'running', error = NULL, lease = :lease,
               lease_until = now() + :leaseMillis * interval '1 millisecond', updated_at = now()
         WHERE id = :id AND (state = 'stopped' OR (state = 'running' AND lease_until <= now()))
        """;
    static final String RENEW = """
        UPDATE imports
           SET lease_until = now() + :leaseMillis * interval '1 millisecond', updated_at = now()
         WHERE id = :id AND state = 'running' AND lease = :lease
        """;
    static final String ADVANCE = """
        UPDATE imports
           SET part = :part, position = CAST(:position AS jsonb), report = CAST(:report AS jsonb),
               lease_until = now() + :leaseMillis * interval '1 millisecond', updated_at = now()
         WHERE id = :id AND state = 'running' AND lease = :lease
        """;
    static final String FINISH_PART = """
        UPDATE imports
           SET finished_parts = array_append(finished_parts, :part), part = NULL, position = NULL,
               report = CAST(:report AS jsonb), lease_until = now() + :leaseMillis * interval '1 millisecond',
               updated_at = now()
         WHERE id = :id AND state = 'running' AND lease = :lease
        """;
    static final String STOP = """
        UPDATE imports
           SET state = 'stopped', error = :error, lease = NULL, lease_until = now(), updated_at = now()
         WHERE id = :id AND state = 'running' AND lease = :lease
        """;
    static final String END = """
        UPDATE imports
           SET state = :state, error = :error, report = CAST(:report AS jsonb), lease = NULL, lease_until = now(),
               updated_at = now(), ended_at = now()
         WHERE id = :id AND state = 'running' AND lease = :lease
        """;
    static final String ABANDON = """
        UPDATE imports
           SET state = 'abandoned', lease = NULL, lease_until = now(), updated_at = now(), ended_at = now()
         WHERE id = :id AND (state = 'stopped' OR (state = 'running' AND lease_until <= now()))
        """;
    /** The last of what was written under a key counts: Redis may tell of one twice. */
    static final String RECORDS = """
        SELECT DISTINCT ON (target, key) target, key, checksum, expires_at
          FROM import_records
         WHERE import = ?
         ORDER BY target, key, batch DESC
        """;
    /** Of imports that ended or were abandoned. */
    static final String FORGET = """
        DELETE FROM import_records
         WHERE import NOT IN (SELECT id
                                FROM imports
                               WHERE state IN ('running', 'stopped'))
        """;
    static final String BATCHES = """
        SELECT coalesce(max(batch), 0)
          FROM import_records
         WHERE import = :id
        """;
    static final String COPY_RECORDS = """
        COPY import_records (import, batch, target, key, checksum, expires_at) FROM STDIN (FORMAT binary)
        """;
    /** A batch and its checkpoint commit together, so losing the last ones with the server's memory is harmless. */
    static final String NOT_WAITING = """
        SET LOCAL synchronous_commit = off
        """;

    private ImportSql() {}
}
