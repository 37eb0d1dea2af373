package dev.howdah.operations.imports;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.Collections;

/**
 * What an import has found and done.
 *
 * @param read records of the source
 * @param written records that are at the target, each time that they were written
 * @param skipped records whose key was taken and that were left out, as asked for
 * @param rejected records that stand in the quarantine file with the reason
 * @param vanished keys that the source named and that were gone when they were read
 * @param expired keys whose time was over when they were read
 * @param types records by their type at the source
 * @param unsupported what cannot be imported, by type
 * @param notes what is worth knowing, such as sessions that were recognised, by what it is
 * @param indexes of MongoDB's collections, and what became of them
 * @param checks the comparison of both sides, for each target; empty before it
 */
public record ImportReport(long read, long written, long skipped, long rejected, long vanished, long expired,
        SortedMap<String, Long> types, SortedMap<String, Found> unsupported, SortedMap<String, Found> notes,
        List<Index> indexes, List<Check> checks) {
    public ImportReport {
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
        unsupported = Collections.unmodifiableSortedMap(new TreeMap<>(unsupported));
        notes = Collections.unmodifiableSortedMap(new TreeMap<>(notes));
        indexes = List.copyOf(indexes);
        checks = List.copyOf(checks);
    }

    /** Nothing yet. */
    public static ImportReport empty() {
        var none = Collections.<String, Found>emptySortedMap();
        return new ImportReport(0, 0, 0, 0, 0, 0, new TreeMap<>(Map.of()), none, none, List.of(), List.of());
    }

    /**
     * How often something was found.
     *
     * @param samples a few keys, masked
     */
    public record Found(long count, List<String> samples) {
        public Found {
            samples = List.copyOf(samples);
        }
    }

    /**
     * An index at the source.
     *
     * @param outcome what becomes of it: {@code declared}, {@code planned} or why it is not
     */
    public record Index(String collection, String name, String keys, String outcome) {}

    /**
     * Both sides of a target: counts, and sums of 64-bit checksums of key and content, which do not depend on the order.
     *
     * @param sourceChecksum 16 hexadecimal digits
     * @param expired records whose time was over before they were compared, on both sides left out
     * @param examples some that differ: the key, masked, and how
     */
    public record Check(String target, long sourceCount, String sourceChecksum, long targetCount,
            String targetChecksum, long expired, List<String> examples) {
        public Check {
            examples = List.copyOf(examples);
        }

        /** Whether both sides are the same. */
        public boolean isEqual() {
            return sourceCount == targetCount && sourceChecksum.equals(targetChecksum) && examples.isEmpty();
        }
    }
}
