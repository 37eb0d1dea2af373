package dev.howdah.knowledge.scan;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.util.ArrayList;

/**
 * How much a scan reads and keeps.
 *
 * @param filesMax files of the tree that are looked at; the rest is left out with a warning; 1 to 1,000,000
 * @param fileBytesMax bytes of the largest file that is read; larger ones are only counted; 1 to 16 MiB
 * @param totalBytesMax bytes that are read in all; the rest is counted only, with a warning; 1 to 16 GiB
 * @param componentsMax reusable components that are kept, the best ranked ones; 0 to 10,000
 * @param dependenciesMax dependencies that are kept, in order of ecosystem and name; 0 to 100,000
 */
public record ScanOptions(int filesMax, int fileBytesMax, long totalBytesMax, int componentsMax, int dependenciesMax) {
    private static final int FILES_LIMIT = 1_000_000;
    private static final int FILE_BYTES_LIMIT = 16 << 20;
    private static final long TOTAL_BYTES_LIMIT = 16L << 30;
    private static final int COMPONENTS_LIMIT = 10_000;
    private static final int DEPENDENCIES_LIMIT = 100_000;

    public ScanOptions {
        var faults = new ArrayList<Fault>();
        check(faults, "filesMax", filesMax, 1, FILES_LIMIT);
        check(faults, "fileBytesMax", fileBytesMax, 1, FILE_BYTES_LIMIT);
        check(faults, "totalBytesMax", totalBytesMax, 1, TOTAL_BYTES_LIMIT);
        check(faults, "componentsMax", componentsMax, 0, COMPONENTS_LIMIT);
        check(faults, "dependenciesMax", dependenciesMax, 0, DEPENDENCIES_LIMIT);
        if (!faults.isEmpty()) {
            throw new InvalidInputException("scan-options-invalid", faults);
        }
    }

    /** 50,000 files, 1 MiB a file, 1 GiB in all, 300 components, 5,000 dependencies. */
    public static ScanOptions defaults() {
        return new ScanOptions(50_000, 1 << 20, 1L << 30, 300, 5_000);
    }

    private static void check(ArrayList<Fault> faults, String field, long value, long min, long max) {
        if (value < min || value > max) {
            faults.add(new Fault(field, "is " + value, "give " + min + " to " + max));
        }
    }
}
