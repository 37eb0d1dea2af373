package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What is known about repositories. */
@Command(name = "knowledge", mixinStandardHelpOptions = true, description = "Finds and lists what is known about repositories; imports knowledge bases and scans repositories.", subcommands = {
        KnowledgeCommand.RepositoriesCommand.class, KnowledgeCommand.PatternsCommand.class,
        KnowledgeCommand.LessonsCommand.class, KnowledgeCommand.IssuesCommand.class, KnowledgeImportCommand.class,
        KnowledgeScanCommand.class, KnowledgeSearchCommand.class})
final class KnowledgeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    /** What the lists have in common. */
    abstract static class ListCommand extends PageCommand {
        private final String kind;

        ListCommand(String kind, String... head) {
            super(head);
            this.kind = kind;
        }

        @Override
        Query query() {
            return new Query("/api/knowledge/" + kind);
        }
    }

    @Command(name = "repositories", mixinStandardHelpOptions = true, description = "Lists repositories, and how much is known of each.")
    static final class RepositoriesCommand extends ListCommand {
        RepositoriesCommand() {
            super("repositories", "REPOSITORY", "PATTERNS", "DECISIONS", "COMPONENTS", "LESSONS", "OPEN ISSUES",
                    "ABOUT");
        }

        @Override
        String[] cells(JsonNode entry) {
            return row(text(entry, "name"), text(entry, "patterns"), text(entry, "decisions"),
                    text(entry, "components"), text(entry, "lessons"), text(entry, "open_issues"),
                    text(entry, "problem_domain"));
        }
    }

    /** Lists that can be narrowed to a repository. */
    abstract static class OfRepositoryCommand extends ListCommand {
        @Option(names = "--repository", paramLabel = "OWNER/NAME", description = "Only those of this repository.")
        private @Nullable String repository;

        OfRepositoryCommand(String kind, String... head) {
            super(kind, head);
        }

        @Override
        Query query() {
            return super.query().and("repository", repository);
        }
    }

    @Command(name = "patterns", mixinStandardHelpOptions = true, description = "Lists patterns, newest first.")
    static final class PatternsCommand extends OfRepositoryCommand {
        @Option(names = "--name", description = "Only the patterns of this name.")
        private @Nullable String name;

        PatternsCommand() {
            super("patterns", "PATTERN", "REPOSITORY", "ABOUT");
        }

        @Override
        String[] cells(JsonNode entry) {
            return row(text(entry, "name"), text(entry, "repository"), text(entry, "description"));
        }

        @Override
        Query query() {
            return super.query().and("name", name);
        }
    }

    @Command(name = "lessons", mixinStandardHelpOptions = true, description = "Lists lessons learned, newest first.")
    static final class LessonsCommand extends OfRepositoryCommand {
        @Option(names = "--category", description = "Only those of this category.")
        private @Nullable String category;

        LessonsCommand() {
            super("lessons", "RECORDED", "REPOSITORY", "CATEGORY", "IMPACT", "LESSON");
        }

        @Override
        String[] cells(JsonNode entry) {
            return row(text(entry, "recorded_at"), text(entry, "repository"), text(entry, "category"),
                    text(entry, "impact"), text(entry, "title"));
        }

        @Override
        Query query() {
            return super.query().and("category", category);
        }
    }

    @Command(name = "issues", mixinStandardHelpOptions = true, description = "Lists runtime issues, newest first.")
    static final class IssuesCommand extends OfRepositoryCommand {
        @Option(names = "--status", description = "open, investigating, fixed or false_positive.")
        private @Nullable String status;
        @Option(names = "--severity", description = "critical, high, medium or low.")
        private @Nullable String severity;

        IssuesCommand() {
            super("issues", "DETECTED", "REPOSITORY", "SEVERITY", "TYPE", "STATUS", "LOG");
        }

        @Override
        String[] cells(JsonNode entry) {
            return row(text(entry, "detected_at"), text(entry, "repository"), text(entry, "severity"),
                    text(entry, "issue_type"), text(entry, "status"), text(entry, "log_snippet"));
        }

        @Override
        Query query() {
            return super.query().and("status", status).and("severity", severity);
        }
    }
}
