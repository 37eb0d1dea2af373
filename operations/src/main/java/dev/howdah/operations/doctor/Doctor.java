package dev.howdah.operations.doctor;

import dev.howdah.postgres.HowdahException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;

/**
 * Examines an installation: runs checks one after the other, so that it takes one connection of the pool, and changes
 * nothing. A check that fails is unknown; the others go on. Thread-safe.
 *
 * <pre>{@code
 * var report = new Doctor(DatabaseChecks.of(database, false, DoctorLimits.DEFAULT)).examine(Set.of());
 * }</pre>
 */
public final class Doctor {
    private final List<Check> checks;

    /**
     * Of these checks, which it goes through by area.
     *
     * @throws IllegalArgumentException if two have the same id
     */
    public Doctor(List<Check> checks) {
        this.checks = checks.stream().sorted(Comparator.comparing(check -> check.topic().area())).toList();
        var ids = new HashSet<String>();
        checks.forEach(check -> {
            if (!ids.add(check.topic().id())) {
                throw new IllegalArgumentException("two checks are called " + check.topic().id());
            }
        });
    }

    /** What is looked for, in this order. */
    public List<Topic> topics() {
        return checks.stream().map(Check::topic).toList();
    }

    /**
     * Looks for all of it.
     *
     * @param areas only what is about these; none means all
     */
    public Report examine(Collection<Area> areas) {
        var diagnoses = new ArrayList<Diagnosis>();
        checks.stream().filter(check -> areas.isEmpty() || areas.contains(check.topic().area()))
                .forEach(check -> diagnoses.add(new Diagnosis(check.topic(), outcome(check))));
        return new Report(diagnoses);
    }

    private static Outcome outcome(Check check) {
        try {
            return check.examine();
        } catch (HowdahException e) {
            return Outcome.unknown(e.problem(),
                    e.remedy().isEmpty() ? Optional.empty() : Optional.of(Fix.command(e.remedy())));
        } catch (JdbiException e) {
            return Outcome.unknown(Refusal.firstLine(e), Optional.empty());
        }
    }
}
