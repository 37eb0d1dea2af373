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
    abstract static class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--limit", defaultValue = "20", description = "How many (default ${DEFAULT-VALUE}).")
        private int limit;
        @Option(names = "--cursor", description = "Goes on after the page that named this cursor.")
        private @Nullable String cursor;

        @Override
        public final Integer call() {
            var path = new StringBuilder("/api/knowledge/").append(kind()).append("?limit=").append(limit);
            append(path, "cursor", cursor);
            filter(path);
            var page = api.get(path.toString());
            return output.print(page, out -> {
                var table = new Table(head());
                page.path("items").forEach(entry -> table.add(cells(entry)));
                table.print(out);
                more(page, out);
            });
        }

        private void more(JsonNode page, PrintWriter out) {
            if (page.path("next").isString()) {
                out.println("more: howdah knowledge " + kind() + " --cursor " + page.path("next").asString());
            }
        }

        abstract String kind();

        abstract String[] head();

        abstract String[] cells(JsonNode entry);

        /** Adds what the list is narrowed by. */
        void filter(StringBuilder path) {
            // all of them
        }

        static void append(StringBuilder path, String name, @Nullable String value) {
            if (value != null) {
                path.append('&').append(name).append('=').append(Api.encode(value));
            }
        }

        static String text(JsonNode entry, String field) {
            return entry.path(field).asString("");
        }
    }

    @Command(name = "repositories", mixinStandardHelpOptions = true, description = "Lists repositories, and how much is known of each.")
    static final class RepositoriesCommand extends ListCommand {
        @Override
        String kind() {
            return "repositories";
        }

        @Override
        String[] head() {
            return new String[]{"REPOSITORY", "PATTERNS", "DECISIONS", "COMPONENTS", "LESSONS", "OPEN ISSUES", "ABOUT"};
        }

        @Override
        String[] cells(JsonNode entry) {
            return new String[]{text(entry, "name"), text(entry, "patterns"), text(entry, "decisions"),
                    text(entry, "components"), text(entry, "lessons"), text(entry, "open_issues"),
                    text(entry, "problem_domain")};
        }
    }

    /** Lists that can be narrowed to a repository. */
    abstract static class OfRepositoryCommand extends ListCommand {
        @Option(names = "--repository", paramLabel = "OWNER/NAME", description = "Only those of this repository.")
        private @Nullable String repository;

        @Override
        void filter(StringBuilder path) {
            append(path, "repository", repository);
        }
    }

    @Command(name = "patterns", mixinStandardHelpOptions = true, description = "Lists patterns, newest first.")
    static final class PatternsCommand extends OfRepositoryCommand {
        @Option(names = "--name", description = "Only the patterns of this name.")
        private @Nullable String name;

        @Override
        String kind() {
            return "patterns";
        }

        @Override
        String[] head() {
            return new String[]{"PATTERN", "REPOSITORY", "ABOUT"};
        }

        @Override
        String[] cells(JsonNode entry) {
            return new String[]{text(entry, "name"), text(entry, "repository"), text(entry, "description")};
        }

        @Override
        void filter(StringBuilder path) {
            super.filter(path);
            append(path, "name", name);
        }
    }

    @Command(name = "lessons", mixinStandardHelpOptions = true, description = "Lists lessons learned, newest first.")
    static final class LessonsCommand extends OfRepositoryCommand {
        @Option(names = "--category", description = "Only those of this category.")
        private @Nullable String category;

        @Override
        String kind() {
            return "lessons";
        }

        @Override
        String[] head() {
            return new String[]{"RECORDED", "REPOSITORY", "CATEGORY", "IMPACT", "LESSON"};
        }

        @Override
        String[] cells(JsonNode entry) {
            return new String[]{text(entry, "recorded_at"), text(entry, "repository"), text(entry, "category"),
                    text(entry, "impact"), text(entry, "title")};
        }

        @Override
        void filter(StringBuilder path) {
            super.filter(path);
            append(path, "category", category);
        }
    }

    @Command(name = "issues", mixinStandardHelpOptions = true, description = "Lists runtime issues, newest first.")
    static final class IssuesCommand extends OfRepositoryCommand {
        @Option(names = "--status", description = "open, investigating, fixed or false_positive.")
        private @Nullable String status;
        @Option(names = "--severity", description = "critical, high, medium or low.")
        private @Nullable String severity;

        @Override
        String kind() {
            return "issues";
        }

        @Override
        String[] head() {
            return new String[]{"DETECTED", "REPOSITORY", "SEVERITY", "TYPE", "STATUS", "LOG"};
        }

        @Override
        String[] cells(JsonNode entry) {
            return new String[]{text(entry, "detected_at"), text(entry, "repository"), text(entry, "severity"),
                    text(entry, "issue_type"), text(entry, "status"), text(entry, "log_snippet")};
        }

        @Override
        void filter(StringBuilder path) {
            super.filter(path);
            append(path, "status", status);
            append(path, "severity", severity);
        }
    }
}
