package dev.howdah.agent.source;

import java.util.List;

/** What an analysis of the change found; all lists may be empty. */
public record PatternSummary(List<String> patterns, List<String> keywords, List<String> decisions,
        List<String> reusableComponents, List<String> dependencies, String problemDomain) {
    public static final PatternSummary EMPTY = new PatternSummary(List.of(), List.of(), List.of(), List.of(),
            List.of(), "");

    public PatternSummary {
        patterns = List.copyOf(patterns);
        keywords = List.copyOf(keywords);
        decisions = List.copyOf(decisions);
        reusableComponents = List.copyOf(reusableComponents);
        dependencies = List.copyOf(dependencies);
    }
}
