package dev.howdah.documents;

import java.util.OptionalLong;

/**
 * Under which condition a document is written.
 *
 * @param rev only if it has this revision
 * @param upsert whether it is inserted if it is not there
 */
public record WriteCondition(OptionalLong rev, boolean upsert) {
    /** If it is there. */
    public static final WriteCondition EXISTS = new WriteCondition(OptionalLong.empty(), false);
    /** Whether it is there or not. */
    public static final WriteCondition ALWAYS = new WriteCondition(OptionalLong.empty(), true);

    /** If it has this revision. */
    public static WriteCondition atRevision(long rev) {
        return new WriteCondition(OptionalLong.of(rev), false);
    }
}
