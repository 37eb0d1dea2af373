package dev.howdah.postgres;

/** Everything in a database's schema but its history, as text that two schemas can be compared by. */
public final class SchemaDescription {
    private static final String SELECT = """
        SELECT string_agg(line, E'\\n' ORDER BY line)
          FROM (SELECT format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
                  FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name <> 'schema_history'
                 UNION ALL
                SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
                  FROM pg_constraint
                 WHERE connamespace = current_schema()::regnamespace
                   AND conrelid IS DISTINCT FROM to_regclass('schema_history')
                 UNION ALL
                SELECT format('index %s', indexdef)
                  FROM pg_indexes
                 WHERE schemaname = current_schema() AND tablename <> 'schema_history'
                 UNION ALL
                SELECT format('function %s %s', oid::regprocedure, prosrc)
                  FROM pg_proc
                 WHERE pronamespace = current_schema()::regnamespace
                 UNION ALL
                SELECT format('view %s %s', viewname, definition)
                  FROM pg_views
                 WHERE schemaname = current_schema()) AS description (line)
        """;

    private SchemaDescription() {}

    public static String of(Database database) {
        return database.withHandle(handle -> handle.createQuery(SELECT).mapTo(String.class).findOne().orElse(""));
    }
}
