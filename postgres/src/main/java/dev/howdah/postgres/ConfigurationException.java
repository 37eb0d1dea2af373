package dev.howdah.postgres;

import java.util.List;

/** The configuration is wrong. One message lists every problem, so that a user repairs them in one go. */
public final class ConfigurationException extends HowdahException {
    private final transient List<String> problems;

    public ConfigurationException(List<String> problems) {
        super("configuration-invalid",
                problems.size() == 1
                        ? "the configuration has a problem: " + problems.getFirst()
                        : "the configuration has " + problems.size() + " problems:\n  - "
                                + String.join("\n  - ", problems),
                "", null);
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
