package dev.howdah.operations.backup;

/** What is asked of the server's catalogue about a schema, whose name is a parameter because a missing one is not the next one. */
final class CatalogueSql {
    private CatalogueSql() {}

    static final String TABLES = """
        SELECT c.oid::bigint AS oid, c.relname AS name, c.relpersistence = 'u' AS unlogged, parent.relname AS parent,
               pg_get_expr(c.relpartbound, c.oid) AS bound, c.reloptions AS options,
               pg_relation_size(c.oid) AS heap_bytes, pg_table_size(c.oid) AS bytes
          FROM pg_class c
          LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
          LEFT JOIN pg_class parent ON parent.oid = i.inhparent
         WHERE c.relnamespace = to_regnamespace(:schema)
           AND c.relkind = 'r'
         ORDER BY c.relname
        """;
    /** Values of types of a database's own cannot be read elsewhere in binary form, if they hold the type's number. */
    static final String COLUMNS = """
        SELECT c.relname AS table_name, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
               a.attnotnull AS not_null, pg_get_expr(d.adbin, d.adrelid) AS default_value, a.attidentity AS identity,
               a.attgenerated AS generated,
               t.typtype = 'c' OR (t.typcategory = 'A' AND t.typelem >= 16384) AS holds_type_number
          FROM pg_class c
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          JOIN pg_type t ON t.oid = a.atttypid
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = to_regnamespace(:schema)
           AND c.relkind = 'r'
         ORDER BY c.relname, a.attnum
        """;
    static final String CONSTRAINTS = """
        SELECT c.relname AS table_name, n.conname AS name, n.contype AS kind,
               pg_get_constraintdef(n.oid, true) AS definition, n.conparentid <> 0 OR n.coninhcount > 0 AS inherited
          FROM pg_class c
          JOIN pg_constraint n ON n.conrelid = c.oid
         WHERE c.relnamespace = to_regnamespace(:schema)
           AND c.relkind IN ('r', 'p')
           AND n.contype IN ('p', 'u', 'x', 'c', 'f')
         ORDER BY c.relname, n.conname
        """;
    static final String INDEXES = """
        SELECT c.relname AS table_name, x.relname AS name, pg_get_indexdef(i.indexrelid, 0, true) AS definition,
               obj_description(i.indexrelid, 'pg_class') AS comment
          FROM pg_class c
          JOIN pg_index i ON i.indrelid = c.oid AND i.indisvalid
          JOIN pg_class x ON x.oid = i.indexrelid
         WHERE c.relnamespace = to_regnamespace(:schema)
           AND c.relkind = 'r'
           AND NOT EXISTS (SELECT FROM pg_constraint n
                            WHERE n.conrelid = c.oid AND n.conindid = i.indexrelid AND n.contype IN ('p', 'u', 'x'))
         ORDER BY c.relname, x.relname
        """;
    static final String SEQUENCES = """
        SELECT sequencename AS name, last_value AS last
          FROM pg_sequences
         WHERE schemaname = :schema
         ORDER BY sequencename
        """;
    static final String EXTENSIONS = """
        SELECT DISTINCT e.extname
          FROM pg_class c
          JOIN pg_depend needs ON needs.classid = 'pg_class'::regclass AND needs.objid = c.oid
          JOIN pg_depend part ON part.classid = needs.refclassid AND part.objid = needs.refobjid
                             AND part.refclassid = 'pg_extension'::regclass AND part.deptype = 'e'
          JOIN pg_extension e ON e.oid = part.refobjid
         WHERE c.relnamespace = to_regnamespace(:schema)
         ORDER BY e.extname
        """;
    static final String HAS_HISTORY = """
        SELECT EXISTS (SELECT FROM pg_class
                        WHERE relnamespace = to_regnamespace(:schema) AND relname = 'schema_history')
        """;
    static final String MIGRATIONS = """
        SELECT version, module, name, checksum
          FROM schema_history
         WHERE state = 'applied'
         ORDER BY applied_order
        """;
    static final String SNAPSHOT = """
        SELECT pg_export_snapshot() AS snapshot, now() AS taken_at, current_setting('server_version') AS version,
               current_setting('block_size')::integer AS block_bytes,
               CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS lsn
        """;
    /** Of whatever kind, unless an extension made it. */
    static final String IS_EMPTY = """
        SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace(:schema))
               AND NOT EXISTS (SELECT FROM pg_proc WHERE pronamespace = to_regnamespace(:schema))
        """;
    static final String SCHEMA_EXISTS = "SELECT to_regnamespace(:schema) IS NOT NULL";
    /** Schemas that hold the table that marks a restore. */
    static final String UNFINISHED_RESTORES = """
        SELECT n.nspname
          FROM pg_namespace n
          JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'howdah_restore'
         WHERE n.nspname ~ '^howdah_restoring_[0-9a-f]{12}$'
        """;
}
