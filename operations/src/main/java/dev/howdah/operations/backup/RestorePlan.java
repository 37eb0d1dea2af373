package dev.howdah.operations.backup;

import dev.howdah.postgres.InvalidInputException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is to be restored, and into what.
 *
 * @param backup its name
 * @param into the schema; absent for the one of the database's settings
 * @param replace whether a schema that holds something is renamed aside, otherwise it is an error
 */
public record RestorePlan(String backup, Optional<String> into, boolean replace) {
    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    public RestorePlan {
        into.filter(schema -> !SCHEMA.matcher(schema).matches()).ifPresent(schema -> {
            throw new InvalidInputException("schema-name-invalid", "into", "\"" + schema + "\" is no name of a schema",
                    "use lower-case letters, digits and _, at most 63, not starting with a digit");
        });
    }

    /** Into the schema of the settings, which must be empty or missing. */
    public static RestorePlan of(String backup) {
        return new RestorePlan(backup, Optional.empty(), false);
    }

    /** The same into another schema. */
    public RestorePlan into(String schema) {
        return new RestorePlan(backup, Optional.of(schema), replace);
    }

    /** The same, renaming aside what is there. */
    public RestorePlan replacing() {
        return new RestorePlan(backup, into, true);
    }
}
