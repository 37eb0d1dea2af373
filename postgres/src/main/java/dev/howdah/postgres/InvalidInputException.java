package dev.howdah.postgres;

import java.util.List;
import java.util.stream.Collectors;

/** The caller's input is wrong. Lists every fault that was found, not only the first; nothing was stored. */
public final class InvalidInputException extends HowdahException {
    private final transient List<Fault> faults;

    /**
     * One fault.
     *
     * @param field a JSON pointer or the name of a parameter or option; empty for the input as a whole
     * @param problem what is wrong with the value, naming it
     * @param remedy what would be right
     */
    public record Fault(String field, String problem, String remedy) {
        @Override
        public String toString() {
            return (field.isEmpty() ? "" : field + ": ") + problem + (remedy.isEmpty() ? "" : "; " + remedy);
        }
    }

    public InvalidInputException(String code, List<Fault> faults) {
        super(code, faults.stream().map(Fault::toString).collect(Collectors.joining("\n")),
                "", null);
        this.faults = List.copyOf(faults);
    }

    /** An input with a single fault. */
    public InvalidInputException(String code, String field, String problem, String remedy) {
        this(code, List.of(new Fault(field, problem, remedy)));
    }

    public List<Fault> faults() {
        return faults;
    }
}
