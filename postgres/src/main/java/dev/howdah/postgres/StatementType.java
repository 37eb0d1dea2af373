package dev.howdah.postgres;

/** What a statement does, for metrics. */
public enum StatementType {
    SELECT, INSERT, UPDATE, DELETE, OTHER
}
