package dev.howdah.operations.doctor;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/** The server's version, clock and settings. */
final class ServerChecks {
    static final String VERSION = """
        SELECT 'PostgreSQL ' || current_setting('server_version') AS object,
               current_setting('server_version_num')::bigint AS version_number,
               'install the newest minor release of a version from 15 to 18, and restart; data need no change within a version'
               AS fix
         LIMIT :findingsMax
        """;
    static final String EXTENSIONS = """
        SELECT name || ' ' || COALESCE(installed_version, default_version || ' (not created)') AS object
          FROM pg_available_extensions
         WHERE name IN ('vector', 'pg_stat_statements', 'pg_trgm')
         ORDER BY name
         LIMIT :findingsMax
        """;
    static final String DURABILITY = """
        SELECT name AS object, setting, short_desc AS meaning,
               format('ALTER SYSTEM SET %I = on; SELECT pg_reload_conf();', name) AS fix
          FROM pg_settings
         WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'
         ORDER BY name
         LIMIT :findingsMax
        """;
    static final String CHECKSUMS = """
        SELECT 'data pages' AS object, current_setting('data_checksums') AS data_checksums,
               COALESCE(sum(checksum_failures), 0)::bigint AS failures,
               CASE WHEN sum(checksum_failures) > 0 THEN 'restore from a backup; the disk or memory is faulty'
                    ELSE 'stop the server, and run: pg_checksums --enable --progress -D DATA_DIRECTORY' END AS fix
          FROM pg_stat_database
         LIMIT :findingsMax
        """;
    static final String MEMORY = """
        SELECT 'shared_buffers' AS object, pg_size_bytes(current_setting('shared_buffers')) AS memory_bytes,
               pg_database_size(current_database()) AS database_bytes,
               format('ALTER SYSTEM SET shared_buffers = %L; -- a quarter of the memory is usual; then restart it',
                      '1GB') AS fix
         LIMIT :findingsMax
        """;
    static final String IDLE_TIMEOUT = """
        SELECT 'idle_in_transaction_session_timeout' AS object,
               format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L;', current_user, '10min') AS fix
         WHERE current_setting('idle_in_transaction_session_timeout') = '0'
         LIMIT :findingsMax
        """;
    static final String CLOCK = "SELECT extract(epoch FROM clock_timestamp())::float8, current_setting('log_timezone')";

    private static final int MAJOR = 10_000;
    private static final int VERSION_MIN = 15;
    /** The oldest minor releases without known loss of data when this was written; older ones want an update. */
    private static final Map<Integer, Integer> MINOR_MIN = Map.of(15, 18, 16, 14, 17, 10, 18, 4);
    private static final long SMALL_BUFFERS = 128L << 20;
    private static final int DATABASE_TO_BUFFERS = 4;
    private static final Duration SKEW_MAX = Duration.ofSeconds(5);

    private ServerChecks() {}

    static List<Check> of(Catalog catalog) {
        return List.of(
                catalog.check(new Topic("version", Area.INSTALLATION, "the server's version is current",
                        "Versions 15 to 18 are tested; a minor release only corrects errors.",
                        "install the newest minor release of a version from 15 to 18"), VERSION)
                        .fixedBy(Fix.Kind.COMMAND).judging(ServerChecks::version),
                catalog.check(new Topic("extensions", Area.INSTALLATION, "extensions are known",
                        "None is needed: vectors are searched without pgvector, only slower.",
                        "nothing has to be done"), EXTENSIONS).judging(facts -> CheckStatus.OK),
                Check.of(new Topic("clock", Area.SERVER, "the clocks agree",
                        "Leases and schedules go by the database's clock; logs go by this machine's.",
                        "run a time service such as chrony on both machines"), () -> clock(catalog.database())),
                catalog.check(new Topic("durability", Area.SERVER, "commits survive a crash",
                        "Without fsync and full pages a crash may break the whole database; without synchronous commits it "
                                + "loses the last ones.",
                        "switch them on"), DURABILITY),
                catalog.check(new Topic("checksums", Area.SERVER, "pages have checksums",
                        "Without them a faulty disk is noticed when it is too late.",
                        "enable them while the server is stopped"), CHECKSUMS)
                        .fixedBy(Fix.Kind.COMMAND).judging(ServerChecks::checksums),
                catalog.check(new Topic("memory", Area.SERVER, "the server uses its memory",
                        "PostgreSQL's default of 128 MiB is meant for trying it.",
                        "give shared_buffers a quarter of the machine's memory"), MEMORY)
                        .fixedBy(Fix.Kind.REVIEW).judging(ServerChecks::memory),
                catalog.check(new Topic("idle-timeout", Area.SERVER, "forgotten transactions are ended",
                        "Without idle_in_transaction_session_timeout one client can stop the removal of dead rows for ever.",
                        "set it for the role"), IDLE_TIMEOUT));
    }

    static CheckStatus version(Facts facts) {
        int number = (int) facts.number("version_number");
        int major = number / MAJOR;
        if (major < VERSION_MIN) {
            return CheckStatus.DOWN;
        }
        var minorMin = MINOR_MIN.get(major); // none of a version that came later
        return minorMin == null || number % MAJOR < minorMin ? CheckStatus.DEGRADED : CheckStatus.OK;
    }

    static CheckStatus checksums(Facts facts) {
        return facts.number("failures") > 0
                ? CheckStatus.DOWN
                : facts.text("data_checksums").equals("off") ? CheckStatus.DEGRADED : CheckStatus.OK;
    }

    static CheckStatus memory(Facts facts) {
        double memory = facts.number("memory_bytes");
        return memory <= SMALL_BUFFERS && facts.number("database_bytes") > memory * DATABASE_TO_BUFFERS
                ? CheckStatus.DEGRADED
                : CheckStatus.OK;
    }

    private record ServerTime(double epoch, String zone) {}

    private static Outcome clock(Database database) {
        var before = Instant.now();
        var server = database.withHandle(handle -> handle.createQuery(CLOCK)
                .map((row, context) -> new ServerTime(row.getDouble(1), row.getString(2))).one());
        var after = Instant.now();
        var epoch = Instant.ofEpochMilli((long) (server.epoch * 1e3));
        return clock(before, epoch, after, server.zone);
    }

    /** The server looked at its clock at some time between before and after. */
    static Outcome clock(Instant before, Instant server, Instant after, String zone) {
        var ahead = Duration.between(after, server);
        var behind = Duration.between(server, before);
        var skew = ahead.compareTo(behind) > 0 ? ahead : behind;
        var detail = "apart by " + Math.max(0, skew.toMillis()) + " ms at least; the server logs in " + zone
                + ", this machine is in " + ZoneId.systemDefault();
        return skew.compareTo(SKEW_MAX) > 0
                ? Outcome.of(CheckStatus.DEGRADED, detail, "run a time service such as chrony on both machines")
                : Outcome.ok(detail);
    }
}
