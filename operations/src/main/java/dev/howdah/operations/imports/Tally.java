package dev.howdah.operations.imports;

import dev.howdah.operations.imports.ImportReport.Check;
import dev.howdah.operations.imports.ImportReport.Found;
import dev.howdah.operations.imports.ImportReport.Index;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what an import finds and does. Used by one thread. */
final class Tally {
    private static final int SAMPLES_MAX = 5;

    private long read;
    private long written;
    private long skipped;
    private long rejected;
    private long vanished;
    private long expired;
    private final TreeMap<String, Long> types;
    private final TreeMap<String, Found> unsupported;
    private final TreeMap<String, Found> notes;
    private final List<Index> indexes = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();

    Tally(ImportReport before) {
        this.read = before.read();
        this.written = before.written();
        this.skipped = before.skipped();
        this.rejected = before.rejected();
        this.vanished = before.vanished();
        this.expired = before.expired();
        this.types = new TreeMap<>(before.types());
        this.unsupported = new TreeMap<>(before.unsupported());
        this.notes = new TreeMap<>(before.notes());
        indexes.addAll(before.indexes());
        checks.addAll(before.checks());
    }

    /** Counts what was read; what became of it, as far as that is known without the target. */
    void read(Item item) {
        read++;
        types.merge(item.type(), 1L, Long::sum);
        switch (item) {
            case Item.Entry entry ->
                entry.note().ifPresent(note -> found(notes, note, Masked.key(entry.key().bytes())));
            case Item.Document document -> document.note().ifPresent(note -> found(notes, note,
                    Masked.key(document.id().getBytes(StandardCharsets.UTF_8))));
            case Item.Rejected _ -> rejected++;
            case Item.Unsupported(var type, var key) -> found(unsupported, type, key);
            case Item.Vanished _ -> vanished++;
            case Item.Expired _ -> expired++;
        }
    }

    void written(long count) {
        written += count;
    }

    void skipped(long count) {
        skipped += count;
    }

    void indexes(Collection<Index> outcomes) {
        indexes.clear();
        indexes.addAll(outcomes);
    }

    void checks(Collection<Check> outcomes) {
        checks.clear();
        checks.addAll(outcomes);
    }

    ImportReport report() {
        return new ImportReport(read, written, skipped, rejected, vanished, expired, types, unsupported, notes, indexes,
                checks);
    }

    private static void found(Map<String, Found> all, String what, String sample) {
        var before = all.getOrDefault(what, new Found(0, List.of()));
        var samples = new ArrayList<>(before.samples());
        if (samples.size() < SAMPLES_MAX) {
            samples.add(sample);
        }
        all.put(what, new Found(before.count() + 1, samples));
    }
}
