package dev.howdah.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What {@code up} would run.
 *
 * @param steps in order
 */
public record MigrationPlan(List<Step> steps) {
    /** What a reader of a plan wants to be told, in the order of weight; found by simple reading, not by parsing. */
    private static final Map<Pattern, String> NOTES = Map.of(
            Pattern.compile("^ALTER TABLE .*\\bALTER (COLUMN )?\\S+ (SET DATA )?TYPE\\b"),
            "rewrites the table, nobody reads or writes it meanwhile (ACCESS EXCLUSIVE)",
            Pattern.compile("^ALTER TABLE (?!.*\\bALTER (COLUMN )?\\S+ (SET DATA )?TYPE\\b)(?!.*\\bVALIDATE\\b)"),
            "nobody reads or writes the table meanwhile (ACCESS EXCLUSIVE)",
            Pattern.compile("^CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)"),
            "nobody writes the table meanwhile (SHARE)",
            Pattern.compile("^(DROP (TABLE|VIEW|INDEX (?!CONCURRENTLY)|MATERIALIZED)|TRUNCATE)\\b"),
            "nobody reads or writes the object meanwhile (ACCESS EXCLUSIVE)",
            Pattern.compile("^(UPDATE|DELETE)\\b"), "touches rows: large tables want batches");

    public MigrationPlan {
        steps = List.copyOf(steps);
    }

    /**
     * One migration of the plan.
     *
     * @param sql what runs
     * @param notes locks and rewrites to think about
     */
    public record Step(long version, String module, String name, boolean transactional, String sql,
            List<String> notes) {}

    static Step step(Migration migration) {
        return new Step(migration.version(), migration.module(), migration.name(), migration.isTransactional(),
                migration.up(), notes(migration.up()));
    }

    private static List<String> notes(String sql) {
        var notes = new ArrayList<String>();
        for (var statement : SqlScript.statements(sql)) {
            var text = StatementText.normalize(statement).toUpperCase(Locale.ROOT);
            NOTES.forEach((pattern, note) -> {
                if (pattern.matcher(text).find()) {
                    notes.add(StatementText.normalize(statement).substring(0, Math.min(60, text.length())) + ": "
                            + note);
                }
            });
        }
        return notes;
    }
}
