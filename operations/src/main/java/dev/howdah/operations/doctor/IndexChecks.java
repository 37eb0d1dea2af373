package dev.howdah.operations.doctor;

import java.util.List;

/** Indexes that are broken, missing or needless. */
final class IndexChecks {
    static final String INVALID = """
        SELECT i.indexrelid::regclass::text AS object, i.indrelid::regclass::text AS on_table,
               pg_relation_size(i.indexrelid) AS index_bytes,
               CASE WHEN c.relname ~ '_cc(new|old)[0-9]*$' -- what an interrupted rebuild left beside the real one
                    THEN format('DROP INDEX CONCURRENTLY %s;', i.indexrelid::regclass)
                    ELSE format('REINDEX INDEX CONCURRENTLY %s;', i.indexrelid::regclass) END AS fix
          FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid
         WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relnamespace = current_schema()::regnamespace
           AND NOT EXISTS (SELECT
                             FROM pg_stat_progress_create_index p
                            WHERE p.index_relid = i.indexrelid)
         LIMIT :findingsMax
        """;
    /** Compares columns, operator classes, collations and directions as lists of numbers, each with a blank behind it. */
    static final String DUPLICATES = """
        SELECT DISTINCT ON (pg_relation_size(d.indexrelid), d.indexrelid)
               d.indexrelid::regclass::text AS object, d.indrelid::regclass::text AS on_table,
               k.indexrelid::regclass::text AS covered_by, pg_relation_size(d.indexrelid) AS index_bytes,
               format('DROP INDEX CONCURRENTLY %s;', d.indexrelid::regclass) AS fix
          FROM pg_index d
          JOIN pg_class dc ON dc.oid = d.indexrelid
          JOIN pg_am m ON m.oid = dc.relam
          JOIN pg_index k ON k.indrelid = d.indrelid AND k.indexrelid <> d.indexrelid
          JOIN pg_class kc ON kc.oid = k.indexrelid AND kc.relam = dc.relam
         WHERE dc.relnamespace = current_schema()::regnamespace AND dc.relkind = 'i' AND NOT dc.relispartition
           AND d.indisvalid AND k.indisvalid AND NOT d.indisunique AND NOT d.indisexclusion AND NOT d.indisreplident
           AND d.indnatts = d.indnkeyatts AND d.indnkeyatts <= k.indnkeyatts
           AND starts_with(k.indkey::text || ' ', d.indkey::text || ' ')
           AND starts_with(k.indclass::text || ' ', d.indclass::text || ' ')
           AND starts_with(k.indcollation::text || ' ', d.indcollation::text || ' ')
           AND starts_with(k.indoption::text || ' ', d.indoption::text || ' ')
           AND pg_get_expr(d.indexprs, d.indrelid) IS NOT DISTINCT FROM pg_get_expr(k.indexprs, k.indrelid)
           AND pg_get_expr(d.indpred, d.indrelid) IS NOT DISTINCT FROM pg_get_expr(k.indpred, k.indrelid)
           AND (m.amname = 'btree' OR d.indnkeyatts = k.indnkeyatts)
           AND (d.indnkeyatts < k.indnkeyatts OR k.indisunique OR d.indexrelid > k.indexrelid) -- one of two equal ones
         ORDER BY pg_relation_size(d.indexrelid) DESC, d.indexrelid, k.indexrelid
         LIMIT :findingsMax
        """;
    static final String UNUSED = """
        SELECT s.indexrelid::regclass::text AS object, s.relid::regclass::text AS on_table,
               pg_relation_size(s.indexrelid) AS index_bytes,
               format('DROP INDEX CONCURRENTLY %s; -- if replicas do not use it either', s.indexrelid::regclass) AS fix
          FROM pg_stat_user_indexes s
          JOIN pg_index i ON i.indexrelid = s.indexrelid
          JOIN pg_class c ON c.oid = s.indexrelid
         WHERE s.schemaname = current_schema() AND s.idx_scan = 0 AND NOT i.indisunique AND NOT i.indisexclusion
           AND i.indisvalid AND NOT c.relispartition AND pg_relation_size(s.indexrelid) >= :bytesMin
           AND (SELECT COALESCE(d.stats_reset, pg_postmaster_start_time())
                  FROM pg_stat_database d
                 WHERE d.datname = current_database()) <= now() - make_interval(secs => :ageSeconds)
         ORDER BY pg_relation_size(s.indexrelid) DESC
         LIMIT :findingsMax
        """;
    static final String MISSING = """
        SELECT relid::regclass::text AS object, n_live_tup AS live_rows, seq_scan AS scans,
               seq_tup_read / GREATEST(seq_scan, 1) AS rows_per_scan, COALESCE(idx_scan, 0) AS index_scans,
               'see who reads all of it: howdah database activity; then: howdah explain "SELECT … FROM '
               || relid::regclass || ' …"' AS fix
          FROM pg_stat_user_tables
         WHERE schemaname = current_schema() AND n_live_tup >= :rowsMin AND seq_scan >= :scansMin
           AND seq_scan > COALESCE(idx_scan, 0) AND seq_tup_read / GREATEST(seq_scan, 1) >= :rowsMin
         ORDER BY seq_tup_read DESC
         LIMIT :findingsMax
        """;

    private static final int SCANS_MIN = 50;

    private IndexChecks() {}

    static List<Check> of(Catalog catalog) {
        var limits = catalog.limits();
        return List.of(
                catalog.check(new Topic("invalid-indexes", Area.INDEXES, "indexes are valid",
                        "One whose concurrent build failed is written by everybody and read by nobody; if it is unique, it "
                                + "does not guarantee it.",
                        "rebuild it, or drop it"), INVALID),
                catalog.check(new Topic("duplicate-indexes", Area.INDEXES, "no index repeats another",
                        "Each one costs every write; what an index on (a) finds, one on (a, b) finds too.",
                        "drop the one that is covered"), DUPLICATES).fixedBy(Fix.Kind.REVIEW),
                catalog.check(new Topic("unused-indexes", Area.INDEXES, "large indexes are used",
                        "An index that nothing has used since the server began to count costs every write.",
                        "drop it, unless a replica or a rare report needs it"), UNUSED)
                        .with("bytesMin", limits.indexBytes()).with("ageSeconds", limits.statisticsAge().toSeconds())
                        .fixedBy(Fix.Kind.REVIEW),
                catalog.check(new Topic("missing-indexes", Area.INDEXES, "large tables are read by an index",
                        "A table that is mostly read as a whole wants an index for the statement that does it.",
                        "find the statement, and let howdah explain say which index would help"), MISSING)
                        .with("rowsMin", limits.tableRows()).with("scansMin", SCANS_MIN).fixedBy(Fix.Kind.COMMAND));
    }
}
