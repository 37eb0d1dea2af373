package dev.howdah.operations.infra;

import java.util.Optional;
import java.util.regex.Pattern;

/** What a file of a code base is, by its name; what is none of these is not read, documents among it. */
enum FileKind {
    REQUIREMENTS("(?:.*[-_])?(?:requirements|constraints)(?:[-_.].*)?\\.(?:txt|in)", "#"), //
    PYPROJECT("pyproject\\.toml|Pipfile", "#"), //
    PACKAGE_JSON("package\\.json", ""), //
    POM("pom\\.xml|.*\\.pom", "<!--"), //
    GRADLE(".*\\.gradle(?:\\.kts)?|libs\\.versions\\.toml", "//"), //
    GO_MOD("go\\.mod", "//"), //
    GEMFILE("Gemfile|.*\\.gemspec", "#"), //
    NUGET(".*\\.(?:cs|fs|vb)proj|Directory\\.Packages\\.props|packages\\.config", "<!--"), //
    ENVIRONMENT("\\.env|\\.env\\..+|.*\\.env", "#"), //
    COMPOSE("(?:docker-)?compose(?:[.-].*)?\\.ya?ml", "#"), //
    YAML(".*\\.ya?ml", "#"), //
    PROPERTIES(".*\\.properties", "#"), //
    TERRAFORM(".*\\.(?:tf|tfvars)", "#"), //
    SHELL(".*\\.(?:sh|bash|zsh)|Makefile|(?:.*\\.)?Dockerfile(?:\\..*)?|Containerfile|Procfile|Jenkinsfile", "#"), //
    CONFIGURATION(".*\\.(?:toml|ini|cfg|conf)|appsettings(?:\\..*)?\\.json|\\.firebaserc", "#"), //
    PYTHON(".*\\.pyi?", "#"), //
    JAVASCRIPT(".*\\.(?:[cm]?[jt]sx?|vue|svelte)", "//"), //
    JAVA(".*\\.(?:java|kt|kts|scala|groovy)", "//"), //
    GO(".*\\.go", "//"), //
    RUBY(".*\\.rb|Rakefile", "#"), //
    CSHARP(".*\\.(?:cs|fs|vb)", "//");

    private static final FileKind[] ALL = values();
    /** What stands for other packages, word for word: it changes by itself when the manifest does. */
    private static final Pattern LOCK = Pattern.compile("pnpm-lock\\.yaml|.*\\.lock\\.ya?ml|.*\\.min\\.[cm]?js");

    private final Pattern name;
    private final String comment;

    FileKind(String name, String comment) {
        this.name = Pattern.compile(name);
        this.comment = comment;
    }

    /** By the last part of a path; those above win. */
    static Optional<FileKind> of(String name) {
        if (LOCK.matcher(name).matches()) {
            return Optional.empty();
        }
        for (var kind : ALL) {
            if (kind.name.matcher(name).matches()) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** Whether a line says nothing to a program. */
    boolean isComment(String line) {
        var text = line.strip();
        return text.isEmpty() || (!comment.isEmpty() && text.startsWith(comment))
                || (comment.equals("//") && (text.startsWith("*") || text.startsWith("/*")));
    }

    /** Whether it is a program's source, which is never edited. */
    boolean isCode() {
        return compareTo(PYTHON) >= 0;
    }
}
