package dev.howdah.operations.doctor;

import dev.howdah.postgres.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a check is about; in the order in which areas are shown. */
public enum Area {
    /** Settings, disk, versions, what Howdah itself needs. */
    INSTALLATION,
    /** Sessions, and what they wait for. */
    CONNECTIONS,
    /** Dead rows, what keeps them, and statistics for the planner. */
    VACUUM,
    /** Indexes that are broken, missing or needless. */
    INDEXES,
    /** Tables, constraints, sequences, partitions, migrations. */
    SCHEMA,
    /** Standbys, slots, the archive of the log. */
    REPLICATION,
    /** Caches, slow statements, temporary files. */
    PERFORMANCE,
    /** The server's settings. */
    SERVER,
    /** Roles, passwords, encryption. */
    SECURITY;

    /** As users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The area of a label.
     *
     * @throws InvalidInputException if there is none; it names all
     */
    public static Area of(String label) {
        return Arrays.stream(values()).filter(area -> area.label().equals(label.toLowerCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> new InvalidInputException("doctor-area-unknown", "area",
                        "\"" + label + "\" is no area", "use one of "
                                + Arrays.stream(values()).map(Area::label).collect(Collectors.joining(", "))));
    }
}
