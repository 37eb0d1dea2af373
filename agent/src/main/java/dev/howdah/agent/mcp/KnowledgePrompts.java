package dev.howdah.agent.mcp;

import dev.howdah.agent.mcp.McpPrompt.Argument;
import dev.howdah.knowledge.Knowledge;
import java.util.List;

/** Prompts that lead a model to the skills. */
public final class KnowledgePrompts {
    private static final Argument REPOSITORY = new Argument("repository", "owner/name", true);

    private final Knowledge knowledge;

    public KnowledgePrompts(Knowledge knowledge) {
        this.knowledge = knowledge;
    }

    /** All of them. */
    public List<McpPrompt> all() {
        return List.of(
                prompt("find_prior_art", "Find prior art",
                        "Looks for how a problem was solved before, in all repositories.",
                        List.of(new Argument("problem", "what is to be solved, in plain words", true)),
                        "Find out how this was solved before: %s\nCall search_patterns with kind \"any\" and the problem in "
                                + "plain words, more than once with other words. Name for each finding that helps its "
                                + "repository and why it fits, and say so if nothing fits.",
                        "problem"),
                prompt("assess_change", "Assess a change",
                        "Works out which repositories a change touches.",
                        List.of(REPOSITORY, new Argument("commit", "the commit's id", true)),
                        "Commit %2$s of %1$s is to be assessed. Call get_dependencies and get_impact_analysis for %1$s, then "
                                + "receive_change_notification with that commit, and follow it with "
                                + "get_orchestration_status. Tell which repositories have to act, and on what evidence.",
                        "repository", "commit"),
                prompt("review_known_issues", "Review known issues",
                        "Sums up what goes wrong in a repository and what was learned from it.", List.of(REPOSITORY),
                        "Call query_known_issues and search_patterns with kind \"lesson\" for the repository %s. Group the "
                                + "open issues by cause, and name for each the lesson that applies, if there is one.",
                        "repository"));
    }

    private McpPrompt prompt(String name, String title, String description, List<Argument> arguments, String text,
            String... fields) {
        return new McpPrompt(name, title, description, arguments, this::complete, call -> {
            var values = new Object[fields.length];
            for (int i = 0; i < fields.length; i++) {
                values[i] = call.text(fields[i]);
            }
            return McpPrompt.message(text.formatted(values));
        });
    }

    private List<String> complete(String argument, String prefix, int limit) {
        return argument.equals(REPOSITORY.name())
                ? KnowledgeResources.repositoryNames(knowledge, prefix).stream().limit(limit).toList()
                : List.of();
    }
}
