package dev.howdah.knowledge.inprocess;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.embedding.EmbeddingModel;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model that makes vectors of texts in this process, without a server and without sending a text anywhere. The same text has
 * the same vector, whatever it is embedded with. Thread-safe; all callers share its few threads.
 *
 * <pre>{@code
 * try (var model = InProcessEmbeddings.open(Model.BGE_SMALL_EN_V15, 2)) {
 *     var documents = model.embed(Kind.DOCUMENT, texts);
 *     var question = model.prefix(Kind.QUERY) + "who may read this?";
 *     var vector = model.embed(Kind.QUERY, List.of(question)).getFirst();
 * }
 * }</pre>
 */
public final class InProcessEmbeddings implements EmbeddingModel, AutoCloseable {
    /** The most threads; beyond, the memory's speed is the limit. */
    public static final int THREADS_MAX = 16;
    /** The most texts of one call. */
    public static final int TEXTS_MAX = 10_000;

    private final Model model;
    private final Encoder encoder;
    private final int threads;
    private final ExecutorService executor;

    private InProcessEmbeddings(Model model, Encoder encoder, int threads) {
        this.model = model;
        this.encoder = encoder;
        this.threads = threads;
        this.executor = Executors.newFixedThreadPool(threads,
                Thread.ofPlatform().name("embeddings-", 0).daemon().factory());
    }

    /**
     * Loads a model, which takes about a second.
     *
     * @param threads how many texts are worked on at the same time, 1 to {@value #THREADS_MAX}
     * @throws UnavailableException if its files or native libraries cannot be loaded
     */
    public static InProcessEmbeddings open(Model model, int threads) {
        if (threads < 1 || threads > THREADS_MAX) {
            throw new InvalidInputException("embedding-threads-invalid", "threads", "threads is " + threads,
                    "give 1 to " + THREADS_MAX);
        }
        return new InProcessEmbeddings(model, Encoder.load(model), threads);
    }

    @Override
    public String id() {
        return model.id();
    }

    @Override
    public int dimension() {
        return Model.DIMENSION;
    }

    @Override
    public String prefix(Kind kind) {
        return kind == Kind.QUERY ? model.queryPrefix() : "";
    }

    /**
     * The vectors of the texts, in their order, each of length 1. A text may be empty; one that is longer than the model reads is
     * cut.
     *
     * @throws InvalidInputException if there are more than {@value #TEXTS_MAX}
     * @throws UnavailableException if the model fails, or was closed, or the caller was interrupted
     */
    @Override
    public List<Embedding> embed(Kind kind, List<String> texts) {
        if (texts.size() > TEXTS_MAX) {
            throw new InvalidInputException("too-many-texts", "texts", texts.size() + " texts",
                    "give at most " + TEXTS_MAX + " at a time");
        }
        var vectors = new Embedding[texts.size()];
        var next = new AtomicInteger();
        run(Math.min(threads, vectors.length), () -> {
            for (int i = next.getAndIncrement(); i < vectors.length
                    && !Thread.currentThread().isInterrupted(); i = next.getAndIncrement()) {
                vectors[i] = encoder.embed(texts.get(i));
            }
        });
        return List.of(vectors);
    }

    /** Lets so many threads do it, and waits for them. */
    private void run(int workers, Runnable work) {
        try {
            for (var worker : executor.invokeAll(Collections.nCopies(workers, Executors.callable(work)))) {
                worker.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("was interrupted", "try again", e);
        } catch (RejectedExecutionException e) {
            throw unavailable("is closed", "open it again", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HowdahException ours) {
                throw ours;
            }
            throw unavailable("failed: " + e.getCause(), "try again; if it stays, report it", e);
        }
    }

    private UnavailableException unavailable(String problem, String remedy, Exception cause) {
        return new UnavailableException("embedding-failed", "the model " + model.id() + " " + problem, remedy, cause);
    }

    /** Waits for the calls that are under way, and gives the memory back. Closing again does nothing. */
    @Override
    public synchronized void close() {
        if (!executor.isShutdown()) {
            executor.close();
            encoder.close();
        }
    }
}
