package dev.howdah.operations.imports;

import java.io.Closeable;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a source, part by part: a database of Redis, a collection, a file. A part is read in an order that a position can be
 * found again in. Used by one thread at a time.
 */
interface Reader extends Closeable {
    /** What {@link Import#kind} says. */
    String kind();

    /** What {@link Import#source} says: without secrets, at most {@value Imports#SOURCE_MAX} bytes. */
    String source();

    /** All parts, in the order in which they are read. */
    List<String> parts();

    /** How much there is in all, in the unit of {@link Batch#progress}; 0 if that is not known. */
    long total();

    /**
     * Reads a part and emits its batches, the last one with {@link Batch#last}.
     *
     * @param from the position of the last batch that counts; absent at the beginning
     * @throws dev.howdah.postgres.UnavailableException if the source is gone; may be called again
     * @throws dev.howdah.postgres.InvalidInputException if the source is damaged
     */
    void read(String part, Optional<ObjectNode> from, Emitter out) throws InterruptedException;

    /** Indexes of the source's collections, which are declared once everything is there. */
    default List<SourceIndex> indexes() {
        return List.of();
    }

    @Override
    default void close() {}

    /** Takes batches, and waits while there are too many. */
    @FunctionalInterface
    interface Emitter {
        void emit(Batch batch) throws InterruptedException;
    }

    /**
     * Records in their order, and the position behind them.
     *
     * @param progress how much of {@link Reader#total} has been read with this batch
     * @param last whether the part ends with it
     */
    record Batch(String part, List<? extends Raw> records, ObjectNode position, long progress, boolean last) {}

    /** A record as it was read. */
    @FunctionalInterface
    interface Raw {
        /** What it becomes; may be called by any thread. */
        Item convert();
    }
}
