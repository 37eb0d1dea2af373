package dev.howdah.workflow.definition;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a definition, each with its place. */
final class Faults {
    /** Faults that are listed; of more, how many there are is told. */
    static final int LISTED_MAX = 1_000;

    private final List<Fault> found = new ArrayList<>();
    private int more;

    void add(String path, String problem, String remedy) {
        if (found.size() < LISTED_MAX) {
            found.add(new Fault(path, problem, remedy));
        } else {
            more++;
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Whether so many were found that guessing what was meant is no longer worth its time. */
    boolean isMany() {
        return found.size() > 50;
    }

    /** Throws what was found, if anything was. */
    void check() {
        if (found.isEmpty()) {
            return;
        }
        var all = new ArrayList<>(found);
        if (more > 0) {
            all.add(new Fault("", "there are " + more + " faults more", "correct these first"));
        }
        throw new InvalidInputException("workflow-invalid", all);
    }
}
