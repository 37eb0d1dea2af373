package dev.howdah.operations.doctor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a check found.
 *
 * @param status the worst of the findings
 * @param detail in a line, also when all is well
 * @param remedy what to do about all of it; absent if there is nothing to do, or if each finding has its own fix
 * @param findings the worst objects, at most as many as the check's limit
 */
public record Outcome(CheckStatus status, String detail, Optional<Fix> remedy, List<Finding> findings) {
    private static final int OBJECTS_NAMED = 3;

    public Outcome {
        findings = List.copyOf(findings);
    }

    /** All is well. */
    public static Outcome ok(String detail) {
        return new Outcome(CheckStatus.OK, detail, Optional.empty(), List.of());
    }

    /** Something is wrong that has no objects. */
    public static Outcome of(CheckStatus status, String detail, String remedy) {
        return new Outcome(status, detail, remedy.isBlank() ? Optional.empty() : Optional.of(Fix.command(remedy)),
                List.of());
    }

    /** It could not be examined. */
    public static Outcome unknown(String reason, Optional<Fix> remedy) {
        return new Outcome(CheckStatus.UNKNOWN, reason, remedy, List.of());
    }

    /** Something is wrong with objects, of which there is at least one. */
    static Outcome of(List<Finding> findings) {
        var status = findings.stream().map(Finding::status).reduce(CheckStatus.OK, CheckStatus::or);
        var named = findings.stream().limit(OBJECTS_NAMED).map(Finding::object).collect(Collectors.joining(", "));
        return new Outcome(status, findings.size() + " found: " + named
                + (findings.size() > OBJECTS_NAMED ? ", …" : ""), Optional.empty(), findings);
    }
}
