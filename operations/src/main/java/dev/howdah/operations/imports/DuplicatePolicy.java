package dev.howdah.operations.imports;

/** What becomes of a record whose key is taken at the target. */
public enum DuplicatePolicy {
    /** What is there stays. */
    SKIP,
    /** What is there is replaced. */
    REPLACE,
    /** The import stops, and the batch with the record is not written. */
    FAIL
}
