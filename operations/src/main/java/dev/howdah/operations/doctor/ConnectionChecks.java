package dev.howdah.operations.doctor;

import java.util.List;

/** Sessions, and what they wait for. */
final class ConnectionChecks {
    static final String LONG_QUERIES = """
        SELECT 'process ' || pid AS object, extract(epoch FROM now() - query_start)::bigint AS running_seconds,
               usename::text AS role, application_name AS application, query,
               format('SELECT pg_cancel_backend(%s);', pid) AS fix
          FROM pg_stat_activity
         WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
           AND state = 'active' AND query_start < now() - make_interval(secs => :ageSeconds)
         ORDER BY query_start
         LIMIT :findingsMax
        """;
    static final String IDLE_IN_TRANSACTION = """
        SELECT 'process ' || pid AS object, extract(epoch FROM now() - state_change)::bigint AS idle_seconds,
               extract(epoch FROM now() - xact_start)::bigint AS transaction_seconds,
               usename::text AS role, application_name AS application, query,
               format('SELECT pg_terminate_backend(%s);', pid) AS fix
          FROM pg_stat_activity
         WHERE datname = current_database() AND state LIKE 'idle in transaction%'
           AND state_change < now() - make_interval(secs => :ageSeconds)
         ORDER BY xact_start
         LIMIT :findingsMax
        """;
    static final String POOL = """
        SELECT 'connections' AS object, count(*) AS used, count(*) FILTER (WHERE state = 'idle') AS idle,
               current_setting('max_connections')::bigint AS max_connections, :poolMax::bigint AS pool_max,
               format('ALTER SYSTEM SET max_connections = %s; -- then restart it; or lower howdah.database.pool-max',
                      2 * current_setting('max_connections')::bigint) AS fix
          FROM pg_stat_activity
         WHERE backend_type = 'client backend'
         LIMIT :findingsMax
        """;
    static final String LOCK_WAITS = """
        SELECT 'process ' || w.pid AS object, extract(epoch FROM now() - l.waitstart)::bigint AS waiting_seconds,
               l.mode, COALESCE(l.relation::regclass::text, l.locktype) AS locked,
               array_to_string(pg_blocking_pids(w.pid), ', ') AS blocked_by, w.application_name AS application, w.query,
               (SELECT string_agg(format('SELECT pg_terminate_backend(%s);', b.pid), E'\\n')
                  FROM unnest(pg_blocking_pids(w.pid)) AS b(pid)
                 WHERE b.pid > 0 AND cardinality(pg_blocking_pids(b.pid)) = 0) AS fix
          FROM pg_stat_activity w
          JOIN pg_locks l ON l.pid = w.pid AND NOT l.granted
         WHERE w.datname = current_database() AND l.waitstart < now() - make_interval(secs => :ageSeconds)
         ORDER BY l.waitstart
         LIMIT :findingsMax
        """;

    /** Connections that the server keeps for superusers. */
    private static final int RESERVED = 3;

    private ConnectionChecks() {}

    static List<Check> of(Catalog catalog) {
        var limits = catalog.limits();
        return List.of(
                catalog.check(new Topic("pool", Area.CONNECTIONS, "connections are left",
                        "Without a free connection nobody gets in; a pool that may grow beyond what is left will fail.",
                        "end idle clients, lower howdah.database.pool-max, or raise max_connections"), POOL)
                        .with("poolMax", catalog.database().settings().poolMax()).fixedBy(Fix.Kind.REVIEW)
                        .judging(ConnectionChecks::pool),
                catalog.check(new Topic("long-queries", Area.CONNECTIONS, "no statement runs for long",
                        "It keeps dead rows, and what it has locked.",
                        "cancel it; find out why it is slow with: howdah explain"), LONG_QUERIES)
                        .with("ageSeconds", limits.queryAge().toMillis() / 1e3).fixedBy(Fix.Kind.REVIEW).seeingOthers(),
                catalog.check(new Topic("idle-in-transaction", Area.CONNECTIONS, "no session sits in a transaction",
                        "A client that has forgotten to commit keeps dead rows and locks until it ends.",
                        "end the session, and correct the client"), IDLE_IN_TRANSACTION)
                        .with("ageSeconds", limits.idleAge().toMillis() / 1e3).fixedBy(Fix.Kind.REVIEW).seeingOthers(),
                catalog.check(new Topic("lock-waits", Area.CONNECTIONS, "nobody waits long for a lock",
                        "Everybody who comes later waits behind the first who waits.",
                        "end the session that holds the lock; see all with: howdah database locks"), LOCK_WAITS)
                        .with("ageSeconds", limits.lockWait().toMillis() / 1e3).fixedBy(Fix.Kind.REVIEW)
                        .seeingOthers());
    }

    static CheckStatus pool(Facts facts) {
        double left = facts.number("max_connections") - facts.number("used");
        return left <= RESERVED
                ? CheckStatus.DOWN
                : facts.number("pool_max") > left ? CheckStatus.DEGRADED : CheckStatus.OK;
    }
}
