package dev.howdah.operations.imports;

import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.Caches;
import dev.howdah.documents.DocumentSettings;
import dev.howdah.documents.Documents;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.operations.imports.ImportReport.Index;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what Redis, MongoDB and files of JSON hold into caches and collections, and keeps account of it.
 *
 * <pre>{@code
 * var done = imports.run(ImportPlan.of(new ImportSource.Redis("redis://localhost", List.of()),
 *         ImportTarget.cache("sessions")), ImportProgress.NONE);
 * }</pre>
 *
 * A batch and the place in the source behind it commit together. So an import that was killed, or whose source went away,
 * goes on where it was when the same is imported again. At the end, every record is read back and compared. Thread-safe; several
 * imports may run at the same time, but each by one process.
 */
public final class Imports {
    private static final Logger LOG = LoggerFactory.getLogger(Imports.class);
    /** Bytes of what is said about a source. */
    static final int SOURCE_MAX = 1200;
    private static final int TARGET_MAX = 600;
    private static final int PAGE_MAX = 1000;

    private final Database database;
    private final Caches caches;
    private final Documents documents;
    private final Limits limits;
    private final ImportSettings settings;
    private final ImportStore store;

    public Imports(Database database, Caches caches, CacheSettings cacheSettings, Documents documents,
            DocumentSettings documentSettings, ImportSettings settings) {
        this.database = database;
        this.caches = caches;
        this.documents = documents;
        this.limits = new Limits(cacheSettings.valueMax(), new DocumentLimits(documentSettings.depthMax(),
                documentSettings.documentMax()));
        this.settings = settings;
        this.store = new ImportStore(database, settings.lease());
    }

    /**
     * Imports, or goes on with an import of the same source and target that did not end.
     *
     * @return the import as it ended: {@link ImportState#FINISHED}, or {@link ImportState#DIFFERENT} if what is there is not what
     *         was read
     * @throws InvalidInputException if the source is wrong or damaged
     * @throws dev.howdah.postgres.UnavailableException if the source or the database is gone; it can be gone on with
     * @throws dev.howdah.postgres.ConflictException if another process works on it, or a key is taken and that is to be an error
     * @throws NotFoundException if it is to be gone on with, and there is none
     */
    public Import run(ImportPlan plan, ImportProgress progress) throws InterruptedException {
        var clock = DatabaseClock.of(database);
        try (var reader = reader(plan, clock)) {
            var target = checked(reader, plan.target());
            var parts = reader.parts();
            var held = take(reader, target, plan.mode());
            new ImportRun(database, store, reader, targets(plan.target(), clock), clock, new Quarantine(
                    plan.quarantine()), settings, progress, held).run(parts);
            return get(held.id());
        }
    }

    /** A process that was killed seems to live until its lease is over. */
    private ImportStore.Held take(Reader reader, String target, ImportPlan.Mode mode) throws InterruptedException {
        long deadline = System.nanoTime() + settings.lease().multipliedBy(2).toNanos();
        while (true) {
            try {
                return store.take(reader, target, mode);
            } catch (ConflictException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LOG.warn("{}; waiting whether it still lives", e.problem());
                TimeUnit.MILLISECONDS.sleep(settings.lease().dividedBy(4).toMillis());
            }
        }
    }

    /** Reads and converts everything and writes nothing: what would be imported, what could not be. */
    public ImportReport dryRun(ImportPlan plan, ImportProgress progress) throws InterruptedException {
        var tally = new Tally(ImportReport.empty());
        try (var reader = reader(plan, DatabaseClock.of(database))) {
            checked(reader, plan.target());
            var parts = reader.parts();
            try (var pipeline = Pipeline.start(reader, parts, Optional.empty(), Optional.empty(), settings)) {
                for (var next = pipeline.next(); next.isPresent(); next = pipeline.next()) {
                    next.get().items().forEach(tally::read);
                    var batch = next.get().batch();
                    progress.step(new ImportProgress.Step("read", batch.part(), batch.progress(), reader.total(), tally
                            .report()));
                }
            }
            tally.indexes(reader.indexes().stream().map(index -> new Index(index.collection(), index.name(),
                    index.keys(), index.refusal().orElse("planned"))).toList());
        }
        return tally.report();
    }

    /** Imports, newest first. */
    public List<Import> list(Optional<UUID> before, int limit) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw new InvalidInputException("import-page-invalid", "limit", "is " + limit, "use 1 to " + PAGE_MAX);
        }
        return store.page(before, limit);
    }

    /** An import, if there is one of the id. */
    public Optional<Import> find(UUID id) {
        return store.find(id);
    }

    /**
     * An import.
     *
     * @throws NotFoundException if there is none of the id
     */
    public Import get(UUID id) {
        return store.find(id).orElseThrow(() -> new NotFoundException("import-not-found", "there is no import " + id,
                "see which there are with: howdah imports list"));
    }

    private Targets targets(ImportTarget target, DatabaseClock clock) {
        return new Targets(name -> new CacheSink(caches, name, clock), name -> new DocumentSink(documents, name, target
                .duplicates()));
    }

    private static String checked(Reader reader, ImportTarget target) {
        var label = target.label();
        if (bytes(reader.source()) > SOURCE_MAX || bytes(label) > TARGET_MAX) {
            throw new InvalidInputException("import-invalid", "source", "the names of source and target are too long",
                    "use a shorter path, or name fewer collections");
        }
        return label;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private Reader reader(ImportPlan plan, DatabaseClock clock) throws InterruptedException {
        var target = plan.target();
        return switch (plan.source()) {
            case ImportSource.Redis redis -> new RedisReader(redis, target, limits, settings, clock);
            case ImportSource.RedisFile file -> new RdbReader(existing(file, file.file()), target, limits, settings,
                    clock);
            case ImportSource.Mongo mongo -> new MongoReader(mongo, target, limits, settings);
            case ImportSource.MongoFiles files -> isArchive(existing(files, files.path()).path())
                    ? new ArchiveReader(files, target, limits, settings)
                    : new MongoFilesReader(files, target, limits, settings);
            case ImportSource.Json json -> new JsonReader(existing(json, json.path()), target, limits, settings);
        };
    }

    private static boolean isArchive(Path path) throws InterruptedException {
        return Files.isRegularFile(path) && ArchiveReader.isArchive(path);
    }

    private static <T extends ImportSource> T existing(T source, Path path) {
        if (!Files.exists(path)) {
            throw new InvalidInputException("import-source-invalid", path.toString(), "does not exist",
                    "name a file or directory");
        }
        return source;
    }
}
