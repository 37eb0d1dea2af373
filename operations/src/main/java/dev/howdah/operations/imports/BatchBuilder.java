package dev.howdah.operations.imports;

import dev.howdah.operations.imports.Reader.Batch;
import dev.howdah.operations.imports.Reader.Emitter;
import dev.howdah.operations.imports.Reader.Raw;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Gathers the records of a file, whose position is their number, into batches. Used by one thread. */
final class BatchBuilder {
    private static final String READ = "read";

    private final String part;
    private final long skip;
    private final ImportSettings settings;
    private final Emitter out;
    private List<Raw> records = new ArrayList<>();
    private long read;
    private long bytes;
    private long progress;

    BatchBuilder(String part, Optional<ObjectNode> from, long progressBefore, ImportSettings settings, Emitter out) {
        this.part = part;
        this.skip = from.map(position -> position.path(READ).asLong()).orElse(0L);
        this.settings = settings;
        this.out = out;
        this.progress = progressBefore;
    }

    /** Counts the next record; false if it was imported before. */
    boolean isNew() {
        return ++read > skip;
    }

    /** The number of the record that was counted last, from 1. */
    long number() {
        return read;
    }

    /** Adds the record that was counted last. */
    void add(Raw record, long size) throws InterruptedException {
        records.add(record);
        bytes += size;
        if (records.size() >= settings.batchRows() || bytes >= settings.batchBytes()) {
            emit(false);
        }
    }

    /** Emits the last batch. */
    void end() throws InterruptedException {
        emit(true);
    }

    private void emit(boolean isLast) throws InterruptedException {
        progress += bytes;
        out.emit(new Batch(part, records, JsonMapper.shared().createObjectNode().put(READ, read), progress, isLast));
        records = new ArrayList<>();
        bytes = 0;
    }
}
