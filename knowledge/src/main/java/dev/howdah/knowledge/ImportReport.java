package dev.howdah.knowledge;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an import did, or would do.
 *
 * @param source where the knowledge base came from
 * @param dryRun whether nothing was stored
 * @param repositories how many were read
 * @param errors how many entries were put aside
 * @param counters by kind: total, added, updated, unchanged; and errors
 * @param quarantined the first of those that were put aside
 */
public record ImportReport(String source, boolean dryRun, int repositories, int errors, ObjectNode counters,
        List<Rejected> quarantined) {
    /** The most rejected entries that a report names; all are kept in {@code quarantined_entries}. */
    public static final int SHOWN_MAX = 100;

    public ImportReport {
        quarantined = List.copyOf(quarantined);
    }

    /**
     * An entry that could not be taken.
     *
     * @param place JSON pointer into the document
     * @param reason what is wrong with it
     */
    public record Rejected(String place, String reason) {}

    /** For answers, in snake case. */
    public ObjectNode toJson() {
        return Json.of(this);
    }
}
