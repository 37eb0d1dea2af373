package dev.howdah.operations.imports;

import dev.howdah.operations.imports.ImportReport.Check;
import dev.howdah.operations.imports.ImportReport.Index;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One import from its first batch, or from where it was, to its end. Used by one thread. */
final class ImportRun {
    private static final Logger LOG = LoggerFactory.getLogger(ImportRun.class);
    private static final int RENEWALS_PER_LEASE = 3;

    private final Database database;
    private final ImportStore store;
    private final Reader reader;
    private final Targets targets;
    private final DatabaseClock clock;
    private final Quarantine quarantine;
    private final ImportSettings settings;
    private final ImportProgress progress;
    private final ImportStore.Held held;
    private final Tally tally;
    private long batch;

    ImportRun(Database database, ImportStore store, Reader reader, Targets targets, DatabaseClock clock,
            Quarantine quarantine, ImportSettings settings, ImportProgress progress, ImportStore.Held held) {
        this.database = database;
        this.store = store;
        this.reader = reader;
        this.targets = targets;
        this.clock = clock;
        this.quarantine = quarantine;
        this.settings = settings;
        this.progress = progress;
        this.held = held;
        this.tally = new Tally(held.report());
    }

    /**
     * Runs it.
     *
     * @throws HowdahException what made it stop; it can be gone on with
     */
    void run(List<String> parts) throws InterruptedException {
        try (var _ = renewing()) {
            batch = store.batches(held);
            read(parts.stream().filter(part -> !held.finished().contains(part)).toList());
            declare();
            end(compare());
        } catch (RuntimeException | InterruptedException e) {
            stop(e);
            throw e;
        }
    }

    private void read(List<String> parts) throws InterruptedException {
        try (var pipeline = Pipeline.start(reader, parts, held.part(), held.position(), settings)) {
            for (var next = pipeline.next(); next.isPresent(); next = pipeline.next()) {
                write(next.get());
            }
        }
    }

    private void write(Pipeline.Converted converted) {
        var items = converted.items();
        targets.open(items);
        quarantine.add(items);
        batch++;
        items.forEach(tally::read);
        database.useTransaction(tx -> {
            tx.handle().execute(ImportSql.NOT_WAITING);
            var written = targets.write(tx, items);
            ImportStore.record(tx, held, batch, written);
            tally.written(written.size());
            tally.skipped(items.stream().filter(Item.Stored.class::isInstance).count() - written.size());
            store.advance(tx, held, converted.batch(), tally.report());
        });
        tell("read", converted.batch().part(), converted.batch().progress(), reader.total());
    }

    private void tell(String phase, String part, long done, long total) {
        progress.step(new ImportProgress.Step(phase, part, done, total, tally.report()));
    }

    private void declare() {
        var outcomes = new ArrayList<Index>();
        for (var index : reader.indexes()) {
            tell("indexes", index.collection() + "." + index.name(), 0, 0);
            outcomes.add(new Index(index.collection(), index.name(), index.keys(), index.refusal().orElseGet(
                    () -> targets.sink(Targets.collection(index.collection())).declare(index))));
        }
        tally.indexes(outcomes);
    }

    private List<Check> compare() {
        long total = tally.report().written();
        return new Comparison(database, targets, clock, done -> tell("compare", "", done, total)).run(held.id());
    }

    private void end(List<Check> checks) {
        tally.checks(checks);
        var different = checks.stream().filter(check -> !check.isEqual()).map(Check::target).collect(Collectors.joining(
                ", "));
        if (different.isEmpty()) {
            store.end(held, ImportState.FINISHED, Optional.empty(), tally.report());
        } else {
            store.end(held, ImportState.DIFFERENT, Optional.of("what is there differs from what was read: "
                    + different), tally.report());
        }
        store.forget();
    }

    private void stop(Exception e) {
        try {
            store.stop(held, e instanceof HowdahException known ? known.problem() : e.toString());
        } catch (RuntimeException stopping) {
            e.addSuppressed(stopping); // the lease lapses by itself
        }
    }

    private ScheduledExecutorService renewing() {
        var executor = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name(
                "howdah-import-lease").factory());
        long every = Math.max(1, settings.lease().dividedBy(RENEWALS_PER_LEASE).toMillis());
        var _ = executor.scheduleWithFixedDelay(this::renew, every, every, TimeUnit.MILLISECONDS);
        return executor;
    }

    private void renew() {
        try {
            store.renew(held);
        } catch (RuntimeException e) {
            LOG.warn("The lease of the import was not renewed: {}", e.getMessage()); // the next batch finds out
        }
    }
}
