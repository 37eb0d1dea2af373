package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PermanentFailure;
import dev.howdah.queue.TaskRun;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Knowledge bases from files: one repository is read, checked and stored in a transaction of its own before the next one is
 * looked at, so that a file of any size takes the memory of its largest repository. Importing again changes nothing. What
 * cannot be taken is put aside with the reason. A dry run does the same and takes every transaction back. Thread-safe.
 */
public final class Imports {
    /** The type of the task that imports from an address. */
    public static final String TASK_TYPE = "import_knowledge";

    static final String QUARANTINE = """
        INSERT INTO quarantined_entries (source, place, reason, entry)
        SELECT :source, place, reason, entry
          FROM unnest(:places::text[], :reasons::text[], :entries::text[]) AS given (place, reason, entry)
         ORDER BY md5(place), md5(entry)
            ON CONFLICT (md5(source), md5(place), md5(entry)) DO NOTHING
        """;

    static final String NOTE = """
        INSERT INTO knowledge_imports (source, document, counters)
        VALUES (:source, :document::jsonb, :counters::jsonb)
            ON CONFLICT (source) DO UPDATE
           SET document = knowledge_imports.document || EXCLUDED.document, counters = EXCLUDED.counters, imported_at = now()
        """;

    private static final Duration TASK_LIMIT = Duration.ofMinutes(30);
    private static final int ENTRY_MAX = 1_000_000;
    private static final String SAVEPOINT = "dry_run";

    private final Database database;
    private final Knowledge knowledge;
    private final ImportFetcher fetcher;

    /**
     * Imports into the stores.
     *
     * @param fetcher opens what is imported from an address
     */
    public Imports(Database database, Knowledge knowledge, ImportFetcher fetcher) {
        this.database = database;
        this.knowledge = knowledge;
        this.fetcher = fetcher;
    }

    /** How far an import has come. */
    public record Progress(int percent, int repositories) {}

    /** The task that imports from an address; at most one of an address waits or runs. */
    public static NewTask task(ImportSource.OfUrl source, boolean dryRun) {
        return NewTask.of(TASK_TYPE, Json.object().put("url", source.address().toString()).put("dry_run", dryRun))
                .withKey("import:" + (dryRun ? "dry:" : "") + source.name()).withTimeout(TASK_LIMIT);
    }

    /** Carries out such a task. */
    public JsonNode handle(TaskRun run) {
        try {
            var source = new ImportSource.OfUrl(URI.create(run.payload().path("url").asString("")));
            return run(source, run.payload().path("dry_run").asBoolean(false), progress -> run.progress(
                    progress.percent, progress.repositories + " repositories")).toJson();
        } catch (InvalidInputException | LimitExceededException | IllegalArgumentException e) {
            throw new PermanentFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Imports a knowledge base.
     *
     * @param dryRun whether only to say what would be done
     * @param progress told after every repository
     * @throws InvalidInputException if it is no valid JSON, or no knowledge base; the message names the place. What came
     *         before that place is stored, and importing it again changes nothing
     * @throws LimitExceededException if it is too large
     * @throws UnavailableException if it, or the database, cannot be reached
     */
    public ImportReport run(ImportSource source, boolean dryRun, Consumer<Progress> progress) {
        var run = new Run(source.name(), dryRun, progress);
        KnowledgeBaseReader.read(source, fetcher, run);
        return run.report();
    }

    /** One import. Used by one thread. */
    private final class Run implements KnowledgeBaseReader.Visitor {
        private final String source;
        private final boolean dryRun;
        private final Consumer<Progress> progress;
        private final ImportCounters counters = new ImportCounters();
        private final List<ImportReport.Rejected> shown = new ArrayList<>();
        private final DependencyGraph graph;

        Run(String source, boolean dryRun, Consumer<Progress> progress) {
            this.source = Checks.storable(source);
            this.dryRun = dryRun;
            this.progress = progress;
            this.graph = new DependencyGraph(knowledge.dependencies().edges(Optional.empty(), Optional.empty()));
        }

        @Override
        public void repository(String name, JsonNode json, int percent) {
            if (Thread.currentThread().isInterrupted()) {
                throw new UnavailableException("interrupted", "the import of " + source + " was stopped after "
                        + counters.repositories() + " repositories", "import it again; nothing is stored twice", null);
            }
            List<RepositoryDocument.Reject> rejects;
            try {
                var entry = new RepositoryDocument(name, json);
                dropCircles(entry);
                database.useTransaction(tx -> inTransaction(tx, () -> entry.store(tx, knowledge, counters)));
                rejects = entry.rejects();
            } catch (InvalidInputException e) {
                rejects = List.of(new RepositoryDocument.Reject("/repositories/" + RepositoryDocument.escape(name),
                        e.problem(), json));
            }
            quarantine(rejects);
            progress.accept(new Progress(percent, counters.repositories()));
        }

        private void dropCircles(RepositoryDocument entry) {
            entry.edges.removeIf(edge -> {
                boolean closes = !graph.addUnlessCircle(edge);
                if (closes) {
                    entry.rejects().add(new RepositoryDocument.Reject("/repositories/"
                            + RepositoryDocument.escape(edge.source()) + "/dependencies",
                            edge.source() + " → "
                                    + edge.target() + " would close a circle of dependencies",
                            Json.of(edge)));
                }
                return closes;
            });
        }

        private void inTransaction(Transaction tx, Runnable work) {
            if (!dryRun) {
                work.run();
                return;
            }
            tx.handle().savepoint(SAVEPOINT);
            work.run();
            tx.handle().rollbackToSavepoint(SAVEPOINT);
        }

        private void quarantine(List<RepositoryDocument.Reject> rejects) {
            counters.addQuarantined(rejects.size());
            rejects.stream().limit(Math.max(0, ImportReport.SHOWN_MAX - shown.size()))
                    .forEach(reject -> shown.add(new ImportReport.Rejected(reject.place(), reject.reason())));
            if (dryRun || rejects.isEmpty()) {
                return;
            }
            database.withHandle(handle -> handle.createUpdate(QUARANTINE).bind("source", source)
                    .bind("places", rejects.stream().map(reject -> Checks.storable(reject.place()))
                            .toArray(String[]::new))
                    .bind("reasons", rejects.stream().map(reject -> Checks.storable(reject.reason()))
                            .toArray(String[]::new))
                    .bind("entries", rejects.stream().map(reject -> entry(reject.entry())).toArray(String[]::new))
                    .execute());
        }

        private static String entry(JsonNode entry) {
            var text = Json.ascii(entry);
            return text.length() <= ENTRY_MAX ? text : text.substring(0, ENTRY_MAX) + "… cut";
        }

        /** What the document says besides its repositories is kept with the note of its import. */
        @Override
        public void end(ObjectNode document) {
            try {
                new Checks().json("document", document).check("document-unstorable");
            } catch (InvalidInputException e) {
                quarantine(List.of(new RepositoryDocument.Reject("/", e.problem(), document.deepCopy())));
                document.removeAll();
            }
            if (!dryRun) {
                database.withHandle(handle -> handle.createUpdate(NOTE).bind("source", source)
                        .bind("document", document.toString()).bind("counters", counters.toJson().toString())
                        .execute());
            }
        }

        ImportReport report() {
            return new ImportReport(source, dryRun, counters.repositories(), counters.quarantined(),
                    counters.toJson(), shown);
        }
    }
}
