package dev.howdah.operations.backup;

import dev.howdah.operations.backup.DrillReport.Check;
import dev.howdah.operations.backup.PgBackRest.Entry;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Backups of a whole server with its log, by pgBackRest, which restore it as it was at any moment since. pgBackRest does the work; this
 * writes its configuration, calls it, and reads what it says.
 *
 * <pre>{@code
 * var physical = new PhysicalBackups(settings);
 * physical.setup(database);
 * physical.run(database, BackupProgress.NONE);
 * physical.restore(new PhysicalRestorePlan(Optional.empty(), Optional.of(noon), directory), BackupProgress.NONE);
 * }</pre>
 *
 * Thread-safe.
 */
public final class PhysicalBackups {
    private static final Pattern LABEL = Pattern.compile("\\d{8}-\\d{6}F(_\\d{8}-\\d{6}[DI])?");
    /** How old a full backup is at most on which others build. */
    private static final Duration FULL_AGE = Duration.ofDays(7);
    private static final DateTimeFormatter TARGET_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS'+00'")
            .withZone(ZoneOffset.UTC);
    private static final int PORT_BESIDE = 5433;

    private final BackupSettings settings;

    public PhysicalBackups(BackupSettings settings) {
        this.settings = settings;
    }

    /** Whether a name is one of such a backup. */
    public static boolean isLabel(String name) {
        return LABEL.matcher(name).matches();
    }

    /** Whether they are made, or were set up once. */
    public boolean isUsed() {
        return settings.engine() == BackupEngine.PGBACKREST || Files.exists(Path.of(settings.pgbackrestConfig()));
    }

    /**
     * Writes the configuration and makes the repository ready; tells what the server lacks. May be repeated.
     *
     * @throws ConflictException if this process does not run where the server does, as the owner of its files
     * @throws dev.howdah.postgres.UnavailableException if pgBackRest is missing, or refuses
     */
    public List<Check> setup(Database database) {
        var server = ArchivingServer.read(database);
        require(server.placeChecks());
        var configuration = configuration();
        try {
            makeRepository();
            // The server reads the file all the time: it is tried under another name.
            var beside = configuration.writeBeside();
            try {
                new PgBackRest(beside).run("stanza-create", server.options(), server.environment(),
                        BackupProgress.NONE);
                configuration.publish(beside);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw Failures.of(e);
        }
        return checks(server);
    }

    /** Whether a backup could be made, each condition with its remedy; at last, whether the server's log reaches the repository. */
    public List<Check> check(Database database) {
        var server = ArchivingServer.read(database);
        var checks = new ArrayList<>(checks(server));
        if (checks.stream().allMatch(Check::ok)) {
            try {
                program().run("check", server.options(), server.environment(), BackupProgress.NONE);
                checks.add(new Check("the log reaches the repository", true, "a file of it was archived just now"));
            } catch (HowdahException e) {
                checks.add(new Check("the log reaches the repository", false, e.problem()));
            }
        }
        return checks;
    }

    private List<Check> checks(ArchivingServer server) {
        var checks = new ArrayList<>(server.placeChecks());
        var configuration = configuration();
        try {
            checks.add(new Check("the configuration is that of the settings", configuration.isWritten(),
                    configuration.isWritten()
                            ? configuration.file().toString()
                            : configuration.file() + " is missing or different; write it with: howdah pitr setup"));
        } catch (IOException e) {
            throw Failures.of(e);
        }
        checks.addAll(server.archiveChecks(new PgBackRest(configuration.file())));
        return checks;
    }

    private static void require(List<Check> checks) {
        var failed = checks.stream().filter(Predicate.not(Check::ok)).map(Check::detail).toList();
        if (!failed.isEmpty()) {
            throw new ConflictException("pitr-not-ready", String.join("; ", failed), "see: howdah pitr check");
        }
    }

    /**
     * Makes a backup of the server: a full one each week, between them what has changed since.
     *
     * @throws ConflictException if something is not set up
     * @throws dev.howdah.postgres.UnavailableException if pgBackRest is missing or fails; earlier backups stay as they are
     */
    public Backup run(Database database, BackupProgress progress) {
        var server = ArchivingServer.read(database);
        require(checks(server));
        var program = program();
        var before = program.entries();
        boolean hasFull = before.stream().anyMatch(entry -> entry.isFull() && entry.stop().isAfter(Instant.now().minus(
                FULL_AGE)));
        var options = new ArrayList<>(server.options());
        options.add("--type=" + (hasFull ? "incr" : "full"));
        program.run("backup", options, server.environment(), progress);
        var after = program.entries();
        var expired = new ArrayList<>(before.stream().map(Entry::label).toList());
        expired.removeAll(after.stream().map(Entry::label).toList());
        return described(after.getLast(), expired.isEmpty()
                ? List.of()
                : List.of("retention let go of " + String.join(", ", expired)));
    }

    /**
     * Those that there are, the newest first; if they cannot be read, one that says why.
     */
    public List<Backup> list() {
        try {
            return program().entries().reversed().stream().map(entry -> described(entry, List.of())).toList();
        } catch (HowdahException e) {
            return List.of(
                    new Backup("pgbackrest", BackupEngine.PGBACKREST, "", Instant.EPOCH, 0, "", "", 0, 0, 0, Optional
                            .empty(), List.of(), Optional.of(e.problem())));
        }
    }

    /**
     * One of them.
     *
     * @throws NotFoundException if there is none
     */
    public Backup get(String label) {
        return described(entry(label), List.of());
    }

    private Entry entry(String label) {
        return program().entries().stream().filter(entry -> entry.label().equals(label)).findFirst().orElseThrow(
                () -> new NotFoundException("backup-not-found", "pgBackRest has no backup " + label,
                        "see: howdah backups"));
    }

    /**
     * The newest one's label.
     *
     * @throws NotFoundException if there is none
     */
    public String newest() {
        return program().entries().stream().reduce((_, later) -> later).map(Entry::label).orElseThrow(
                () -> new NotFoundException("backup-not-found", "pgBackRest has no backup yet",
                        "make one with: howdah backup --engine pgbackrest"));
    }

    private Backup described(Entry entry, List<String> notes) {
        var all = new ArrayList<>(List.of(entry.isFull() ? "full" : "what had changed since the one before"));
        all.addAll(notes);
        return new Backup(entry.label(), BackupEngine.PGBACKREST, "", entry.stop(), 0, "", entry.postgresVersion(), 0,
                0,
                entry.bytes(), PgBackRestConfiguration.cipher(settings).map(PgBackRestConfiguration.Cipher::name), all,
                entry
                        .hasBadPages()
                                ? Optional.of("pages of the server have wrong checksums; see pgbackrest info --set")
                                : Optional.empty());
    }

    /**
     * Reads the whole repository: this backup, the others, and the log between them.
     *
     * @throws NotFoundException if there is no such backup
     * @throws ConflictException if any file is damaged or missing
     */
    public VerifyReport verify(String label, BackupProgress progress) {
        long start = System.nanoTime();
        var entry = entry(label);
        var said = program().run("verify", List.of("--output=text", "--verbose"), Map.of(), progress);
        // Its exit code is 0 even then.
        var files = Pattern
                .compile("backup: " + label + ", status: valid, total files checked: (\\d+), total valid files: \\1\\b")
                .matcher(said);
        if (!said.contains("status: ok") || !files.find()) {
            throw new ConflictException("backup-damaged", "the repository is damaged: " + said.strip(),
                    "use a backup before the damage, and make a full one; see: howdah backups");
        }
        return new VerifyReport(label, Integer.parseInt(files.group(1)), 0, entry.bytes(), entry.rawBytes(),
                Duration.ofNanos(
                        System.nanoTime() - start));
    }

    /**
     * Restores the server's files into an empty directory. Needs no database. When the restored server is started, it reads the log up
     * to the time, and takes changes from then on; it does not archive its own log.
     *
     * @throws NotFoundException if there is no such backup, or none before the time
     * @throws ConflictException if the directory holds something, or the repository cannot be read; nothing was changed
     * @throws dev.howdah.postgres.UnavailableException if pgBackRest is missing or fails; nothing is left behind
     */
    public PhysicalRestoreReport restore(PhysicalRestorePlan plan, BackupProgress progress) {
        long start = System.nanoTime();
        PgBackRestConfiguration.plain("into", plan.into());
        var entry = choose(plan);
        makeEmpty(plan.into());
        var options = new ArrayList<>(
                List.of("--pg1-path=" + plan.into(), "--archive-mode=off", "--set=" + entry.label()));
        plan.to().ifPresent(time -> options.addAll(List.of("--type=time", "--target=" + TARGET_TIME.format(time),
                "--target-action=promote")));
        try {
            program().run("restore", options, Map.of(), progress);
        } catch (RuntimeException e) {
            new ScratchDirectory(plan.into()).close();
            throw e;
        }
        return new PhysicalRestoreReport(entry.label(), plan.into(), plan.to(),
                Duration.ofNanos(System.nanoTime() - start),
                steps(plan, entry));
    }

    /** Of the backups that were whole at the time, the newest one has the least log to read. */
    private Entry choose(PhysicalRestorePlan plan) {
        var chosen = entry(plan.backup().orElseGet(() -> before(plan.to())));
        plan.to().filter(time -> time.isBefore(chosen.stop())).ifPresent(time -> {
            throw new ConflictException("restore-time-early", chosen.label() + " was whole only at " + chosen.stop()
                    + ", which is after " + time, "leave out its name: the right backup is found by the time");
        });
        return chosen;
    }

    private String before(Optional<Instant> time) {
        if (time.isEmpty()) {
            return newest();
        }
        var entries = program().entries();
        return entries.stream().filter(entry -> !entry.stop().isAfter(time.get()))
                .max(Comparator.comparing(Entry::stop))
                .map(Entry::label)
                .orElseThrow(() -> new NotFoundException("restore-time-early", "no backup was whole at "
                        + time.get()
                        + entries.stream().findFirst().map(first -> "; the first one was at " + first.stop())
                                .orElse("; there is none at all"),
                        "use a later time"));
    }

    private static void makeEmpty(Path directory) {
        try {
            if (!Files.exists(directory)) {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(
                        "rwx------")));
            }
            boolean isEmpty = false;
            if (Files.isDirectory(directory)) {
                try (var files = Files.list(directory)) {
                    isEmpty = files.findAny().isEmpty();
                }
            }
            if (!isEmpty) {
                throw new ConflictException("restore-target-not-empty",
                        directory + " holds something, or is no directory",
                        "name an empty or missing one with --into; a server is never restored over another");
            }
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    private static List<String> steps(PhysicalRestorePlan plan, Entry entry) {
        var directory = plan.into();
        var steps = new ArrayList<String>();
        var options = "-c port=" + PORT_BESIDE + " -c listen_addresses=127.0.0.1";
        if (!Files.exists(directory.resolve("postgresql.conf"))) { // Debian keeps it elsewhere
            var debian = Path.of("/etc/postgresql", entry.postgresVersion(), "main/postgresql.conf");
            options = "-c config_file=" + debian + " -c data_directory=" + directory + " -c external_pid_file= "
                    + options;
            steps.add("the server's configuration is not among its files: have it at " + debian
                    + ", or correct the path in what follows");
        }
        steps.add("start it beside the other, as the owner of the directory: " + pgCtl(entry.postgresVersion())
                + " start -w -D " + directory + " -l " + directory + ".log -o \"" + options + "\"");
        plan.to()
                .ifPresent(time -> steps.add("if " + directory
                        + ".log says that recovery ended before its target, the archive ends "
                        + "before " + time + ": restore an earlier time, or into another directory without --to"));
        steps.add("once SELECT pg_is_in_recovery() is false, look at it, with your database's name at the end: "
                + "HOWDAH_DATABASE_URL=jdbc:postgresql://127.0.0.1:" + PORT_BESIDE
                + "/howdah howdah doctor; the same with howdah migrate validate, howdah tasks list, and what you know of your data");
        steps.add(
                "then stop servers, workers and the old database, and point HOWDAH_DATABASE_URL there, or start this one on the "
                        + "old port");
        steps.add(
                "it does not archive its log, so that it cannot disturb the old one's archive; once it serves: ALTER SYSTEM RESET "
                        + "archive_mode, restart it, and run howdah pitr setup, howdah pitr check and howdah backup --engine pgbackrest");
        return steps;
    }

    /** Where Debian has it, otherwise from the path. */
    static Path pgCtl(String version) {
        var installed = Path.of("/usr/lib/postgresql", version, "bin/pg_ctl");
        return Files.exists(installed) ? installed : Path.of("pg_ctl");
    }

    private PgBackRestConfiguration configuration() {
        return PgBackRestConfiguration.of(settings);
    }

    /** The program with a configuration that is there. */
    private PgBackRest program() {
        var configuration = configuration();
        try {
            configuration.require();
        } catch (IOException e) {
            throw Failures.of(e);
        }
        return new PgBackRest(configuration.file());
    }

    /** As private as the other engines' backups beside it; pgBackRest would let the group read it. */
    private void makeRepository() throws IOException {
        if (!settings.target().contains("://")) {
            Files.createDirectories(Path.of(settings.target().strip()), PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------")));
        }
    }
}
