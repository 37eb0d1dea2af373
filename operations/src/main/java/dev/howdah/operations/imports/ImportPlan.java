package dev.howdah.operations.imports;

import dev.howdah.postgres.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/**
 * What to import.
 *
 * @param quarantine the file that takes, line by line, what could not be imported and why; it is made when it is needed
 * @param mode whether an import of the same source and target that did not end is gone on with
 */
public record ImportPlan(ImportSource source, ImportTarget target, Path quarantine, Mode mode) {
    /** What to do about an import of the same source and target that did not end. */
    public enum Mode {
        /** Goes on with it, or begins. */
        AUTO,
        /** Goes on with it; an error if there is none. */
        RESUME,
        /** Begins anew. */
        RESTART
    }

    /**
     * @throws InvalidInputException if source and target do not go together; names every fault
     */
    public ImportPlan {
        var faults = new ArrayList<InvalidInputException.Fault>();
        boolean isRedis = source instanceof ImportSource.Redis || source instanceof ImportSource.RedisFile;
        if (isRedis && target.cache().isEmpty() && target.collection().isEmpty()) {
            faults.add(new InvalidInputException.Fault("target", "is missing",
                    "name a cache (--cache NAME), a collection (--documents NAME), or both"));
        }
        if (isRedis && target.duplicates() != DuplicatePolicy.REPLACE) {
            faults.add(new InvalidInputException.Fault("duplicates", "is " + target.duplicates()
                    + ", but Redis may tell of a key twice", "replace them"));
        }
        if (!isRedis && target.cache().isPresent()) {
            faults.add(new InvalidInputException.Fault("cache", "takes entries of Redis only",
                    "name a collection instead"));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException("import-invalid", faults);
        }
    }

    /** With the quarantine beside the working directory's other files, going on with what did not end. */
    public static ImportPlan of(ImportSource source, ImportTarget target) {
        return new ImportPlan(source, target, Path.of("howdah-import.rejected.ndjson"), Mode.AUTO);
    }

    /** The same with a quarantine elsewhere. */
    public ImportPlan withQuarantine(Path file) {
        return new ImportPlan(source, target, file, mode);
    }

    /** The same in another mode. */
    public ImportPlan withMode(Mode other) {
        return new ImportPlan(source, target, quarantine, other);
    }

    Optional<String> cache() {
        return target.cache();
    }
}
