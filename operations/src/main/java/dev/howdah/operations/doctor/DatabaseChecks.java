package dev.howdah.operations.doctor;

import dev.howdah.postgres.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Every check that a database alone can answer. Objects are looked for in the database's schema, sessions in its database,
 * settings on the whole server.
 */
public final class DatabaseChecks {
    /** What an owner of a server decides; the embedded one is the program's own, and reached from this machine only. */
    private static final Set<String> OF_OWNED_SERVERS = Set.of("role", "idle-timeout", "memory");

    private DatabaseChecks() {}

    /**
     * In the order of the areas.
     *
     * @param embedded whether the server is Howdah's own
     */
    public static List<Check> of(Database database, boolean embedded, DoctorLimits limits) {
        var catalog = new Catalog(database, limits);
        var all = new ArrayList<Check>();
        Stream.of(ServerChecks.of(catalog), ConnectionChecks.of(catalog), VacuumChecks.of(catalog),
                IndexChecks.of(catalog), SchemaChecks.of(catalog), ReplicationChecks.of(catalog),
                PerformanceChecks.of(catalog), SecurityChecks.of(catalog)).flatMap(List::stream)
                .map(check -> embedded && OF_OWNED_SERVERS.contains(check.topic().id())
                        ? Check.of(check.topic(), () -> Outcome.ok("the embedded server is Howdah's own"))
                        : check)
                .forEach(all::add);
        return List.copyOf(all);
    }
}
