package dev.howdah.operations.imports;

import dev.howdah.operations.imports.Reader.Batch;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads, converts and hands over at the same time: one thread reads, some convert, and the caller takes batches in the order in
 * which they were read. At most {@value #BATCHES_MAX} batches are under way, whoever is slowest.
 */
final class Pipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final int BATCHES_MAX = 4;
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

    private final Reader reader;
    private final ImportSettings settings;
    private final BlockingQueue<CompletableFuture<Optional<Converted>>> queue = new ArrayBlockingQueue<>(BATCHES_MAX);
    private final ExecutorService converters;
    private final Thread thread;
    private long emitted;
    private Optional<ObjectNode> position = Optional.empty();

    /** A batch whose records were converted. */
    record Converted(Batch batch, List<Item> items) {}

    private Pipeline(Reader reader, Collection<String> parts, Optional<String> begun, Optional<ObjectNode> from,
            ImportSettings settings) {
        this.reader = reader;
        this.settings = settings;
        this.converters = Executors.newFixedThreadPool(settings.converters(), Thread.ofPlatform().daemon()
                .name("howdah-import-", 0).factory());
        this.thread = Thread.ofPlatform().daemon().name("howdah-import-read").unstarted(() -> read(parts, begun, from));
    }

    /**
     * Begins to read.
     *
     * @param parts those that are to be read
     * @param begun the one that was begun before
     * @param from where it is to be gone on with
     */
    static Pipeline start(Reader reader, Collection<String> parts, Optional<String> begun, Optional<ObjectNode> from,
            ImportSettings settings) {
        var pipeline = new Pipeline(reader, List.copyOf(parts), begun, from, settings);
        pipeline.thread.start();
        return pipeline;
    }

    /**
     * The next batch; empty at the end.
     *
     * @throws dev.howdah.postgres.HowdahException what the source has come to
     */
    Optional<Converted> next() throws InterruptedException {
        try {
            return queue.take().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw e;
        }
    }

    private void read(Collection<String> parts, Optional<String> begun, Optional<ObjectNode> from) {
        try {
            for (var part : parts) {
                position = begun.filter(part::equals).flatMap(_ -> from);
                readPart(part);
            }
            queue.put(CompletableFuture.completedFuture(Optional.empty()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed: nobody takes anything any more
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void fail(Throwable e) {
        try {
            queue.put(CompletableFuture.failedFuture(e));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A source that is gone is tried again; what it had given before is not read again. */
    private void readPart(String part) throws InterruptedException {
        for (int attempt = 1;; attempt++) {
            long before = emitted;
            try {
                reader.read(part, position, this::emit);
                return;
            } catch (UnavailableException e) {
                attempt = emitted > before ? 1 : attempt;
                if (attempt > settings.retries()) {
                    throw e;
                }
                LOG.warn("{}; trying again ({} of {})", e.problem(), attempt, settings.retries());
                TimeUnit.MILLISECONDS.sleep(pause(attempt).toMillis());
            }
        }
    }

    private Duration pause(int attempt) {
        var pause = settings.retryFirst().multipliedBy(1L << Math.min(attempt - 1, 20));
        return pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX;
    }

    private void emit(Batch batch) throws InterruptedException {
        queue.put(CompletableFuture.supplyAsync(() -> Optional.of(converted(batch)), converters));
        position = Optional.of(batch.position());
        emitted++;
    }

    private static Converted converted(Batch batch) {
        var items = new ArrayList<Item>(batch.records().size());
        batch.records().forEach(record -> items.add(record.convert()));
        return new Converted(batch, items);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        thread.interrupt();
        converters.shutdownNow();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
