package dev.howdah.queue;

/** What can be done to all tasks that a filter matches. */
public enum BulkAction {
    /** Queued and started ones become cancelled. */
    CANCEL,
    /** Failed and cancelled ones are queued again, with a fresh set of attempts. */
    RETRY,
    /** Ended ones are deleted with their history. */
    DISCARD
}
