package dev.howdah.operations.doctor;

import java.util.List;

/** Tables, constraints, sequences, triggers and partitions. */
final class SchemaChecks {
    static final String INVALID_CONSTRAINTS = """
        SELECT c.conrelid::regclass || '.' || quote_ident(c.conname) AS object,
               pg_get_constraintdef(c.oid) AS definition,
               format('ALTER TABLE %s VALIDATE CONSTRAINT %I;', c.conrelid::regclass, c.conname) AS fix
          FROM pg_constraint c
         WHERE c.connamespace = current_schema()::regnamespace AND c.conrelid <> 0 AND NOT c.convalidated
         ORDER BY 1
         LIMIT :findingsMax
        """;
    static final String SEQUENCES = """
        SELECT object, on_column, last_value, max_value, last_value / max_value::float8 AS used_ratio, fix
          FROM (SELECT s.seqrelid::regclass::text AS object, d.refobjid::regclass || '.' || quote_ident(a.attname) AS on_column,
                       pg_sequence_last_value(s.seqrelid) AS last_value,
                       LEAST(s.seqmax, CASE a.atttypid WHEN 'int2'::regtype THEN 32767
                                                       WHEN 'int4'::regtype THEN 2147483647
                                                       ELSE 9223372036854775807 END) AS max_value,
                       concat_ws(E'\\n',
                         CASE WHEN a.atttypid IN ('int2'::regtype, 'int4'::regtype)
                              THEN format('ALTER TABLE %s ALTER COLUMN %I TYPE bigint; -- rewrites the table',
                                          d.refobjid::regclass, a.attname) END,
                         format('ALTER SEQUENCE %s AS bigint NO MAXVALUE;', s.seqrelid::regclass)) AS fix
                  FROM pg_sequence s
                  JOIN pg_class c ON c.oid = s.seqrelid
                  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
                       AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
                  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                 WHERE c.relnamespace = current_schema()::regnamespace AND NOT s.seqcycle AND s.seqincrement > 0) AS used
         WHERE last_value >= max_value::float8 * :ratio
         ORDER BY last_value / max_value::float8 DESC
         LIMIT :findingsMax
        """;
    static final String DISABLED_TRIGGERS = """
        SELECT t.tgrelid::regclass || '.' || quote_ident(t.tgname) AS object,
               CASE WHEN t.tgisinternal THEN 'a foreign key that is not checked' ELSE 'trigger' END AS what,
               format('ALTER TABLE %s ENABLE TRIGGER %s;', t.tgrelid::regclass,
                      CASE WHEN t.tgisinternal THEN 'ALL' ELSE quote_ident(t.tgname) END) AS fix
          FROM pg_trigger t
          JOIN pg_class c ON c.oid = t.tgrelid
         WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled = 'D'
         ORDER BY 1
         LIMIT :findingsMax
        """;
    static final String PARTITIONS = """
        SELECT c.oid::regclass::text AS object, p.oid::regclass::text AS partition_of, 'its detaching was interrupted' AS state,
               format('ALTER TABLE %s DETACH PARTITION %s FINALIZE;', p.oid::regclass, c.oid::regclass) AS fix
          FROM pg_inherits i
          JOIN pg_class p ON p.oid = i.inhparent
          JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhdetachpending AND p.relnamespace = current_schema()::regnamespace
         UNION ALL
        SELECT c.oid::regclass::text, p.oid::regclass::text, 'looks like a partition and is not attached',
               format('DROP TABLE %s; -- or ALTER TABLE %s ATTACH PARTITION %s FOR VALUES …', c.oid::regclass,
                      p.oid::regclass, c.oid::regclass)
          FROM pg_class p
          JOIN pg_class c ON c.relnamespace = p.relnamespace AND c.relkind = 'r' AND NOT c.relispartition
               AND starts_with(c.relname, p.relname || '_')
         WHERE p.relkind = 'p' AND p.relnamespace = current_schema()::regnamespace
           AND NOT EXISTS (SELECT attname, atttypid
                             FROM pg_attribute
                            WHERE attrelid = p.oid AND attnum > 0 AND NOT attisdropped
                           EXCEPT
                           SELECT attname, atttypid
                             FROM pg_attribute
                            WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
         LIMIT :findingsMax
        """;
    static final String HISTORY_PARTITIONS = """
        SELECT 'task_history of ' || day::date AS object, 'SELECT create_history_partitions();' AS fix
          FROM generate_series(current_date, current_date + 1, interval '1 day') AS day
         WHERE to_regclass('task_history') IS NOT NULL
           AND to_regclass('task_history_' || to_char(day, 'YYYYMMDD')) IS NULL
         LIMIT :findingsMax
        """;

    private static final double SEQUENCE_DEGRADED = 0.75;
    private static final double SEQUENCE_DOWN = 0.99;

    private SchemaChecks() {}

    static List<Check> of(Catalog catalog) {
        return List.of(
                catalog.check(new Topic("invalid-constraints", Area.SCHEMA, "constraints are validated",
                        "One that is not is checked for new rows only; old ones may break it.",
                        "validate it; writes go on meanwhile"), INVALID_CONSTRAINTS),
                catalog.check(new Topic("sequences", Area.SCHEMA, "sequences have numbers left",
                        "When the last number of the column's type is used, every insert fails.",
                        "make column and sequence bigint"), SEQUENCES)
                        .with("ratio", SEQUENCE_DEGRADED).fixedBy(Fix.Kind.REVIEW).judging(SchemaChecks::sequence),
                catalog.check(new Topic("disabled-triggers", Area.SCHEMA, "triggers are enabled",
                        "Somebody has switched one off and not on again; foreign keys are triggers, too.",
                        "enable it; what was written meanwhile is not checked"), DISABLED_TRIGGERS),
                catalog.check(new Topic("partitions", Area.SCHEMA, "partitions are attached",
                        "Rows of one that is not attached are in no query of its table.",
                        "finish what was interrupted, attach it, or drop it"), PARTITIONS).fixedBy(Fix.Kind.REVIEW),
                catalog.check(new Topic("history-partitions", Area.SCHEMA, "tomorrow's history has its partition",
                        "Tasks that end without one land in the default partition, which is never dropped.",
                        "make the partitions; a running worker does it by itself"), HISTORY_PARTITIONS));
    }

    static CheckStatus sequence(Facts facts) {
        return facts.number("used_ratio") >= SEQUENCE_DOWN ? CheckStatus.DOWN : CheckStatus.DEGRADED;
    }
}
