package dev.howdah.knowledge.scan;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The languages that are told apart, by the names of files, with the form of their comments. */
enum FileLanguage {
    JAVA("Java", true, Comments.C, "java"), KOTLIN("Kotlin", true, Comments.C, "kt kts"), SCALA("Scala", true,
            Comments.C, "scala"), GROOVY("Groovy", true, Comments.C, "groovy gradle"), PYTHON("Python", true,
                    Comments.HASH,
                    "py pyi"), JAVASCRIPT("JavaScript", true, Comments.C, "js mjs cjs jsx"), TYPESCRIPT("TypeScript",
                            true, Comments.C, "ts tsx mts cts"), GO("Go", true, Comments.C, "go"), RUST("Rust", true,
                                    Comments.C, "rs"), C("C", true, Comments.C, "c h"), CPP("C++", true, Comments.C,
                                            "cc cpp cxx hpp hh"), CSHARP("C#", true, Comments.C, "cs"), SWIFT("Swift",
                                                    true, Comments.C, "swift"), DART("Dart", true, Comments.C,
                                                            "dart"), PHP("PHP", true, Comments.C, "php"), RUBY("Ruby",
                                                                    true, Comments.HASH, "rb rake gemspec"), SHELL(
                                                                            "Shell", true, Comments.HASH,
                                                                            "sh bash zsh"), LUA("Lua", true,
                                                                                    Comments.DASHES, "lua"), SQL("SQL",
                                                                                            true, Comments.DASHES,
                                                                                            "sql"), ELIXIR("Elixir",
                                                                                                    true, Comments.HASH,
                                                                                                    "ex exs"), VUE(
                                                                                                            "Vue", true,
                                                                                                            Comments.C,
                                                                                                            "vue svelte"), TERRAFORM(
                                                                                                                    "Terraform",
                                                                                                                    false,
                                                                                                                    Comments.HASH,
                                                                                                                    "tf tfvars"), PROTOBUF(
                                                                                                                            "Protocol Buffers",
                                                                                                                            false,
                                                                                                                            Comments.C,
                                                                                                                            "proto"), CSS(
                                                                                                                                    "CSS",
                                                                                                                                    false,
                                                                                                                                    Comments.C,
                                                                                                                                    "css scss less"), HTML(
                                                                                                                                            "HTML",
                                                                                                                                            false,
                                                                                                                                            Comments.NONE,
                                                                                                                                            "html htm"), XML(
                                                                                                                                                    "XML",
                                                                                                                                                    false,
                                                                                                                                                    Comments.NONE,
                                                                                                                                                    "xml xsd csproj fsproj vbproj props"), YAML(
                                                                                                                                                            "YAML",
                                                                                                                                                            false,
                                                                                                                                                            Comments.HASH,
                                                                                                                                                            "yaml yml"), JSON(
                                                                                                                                                                    "JSON",
                                                                                                                                                                    false,
                                                                                                                                                                    Comments.NONE,
                                                                                                                                                                    "json"), TOML(
                                                                                                                                                                            "TOML",
                                                                                                                                                                            false,
                                                                                                                                                                            Comments.HASH,
                                                                                                                                                                            "toml"), PROPERTIES(
                                                                                                                                                                                    "Properties",
                                                                                                                                                                                    false,
                                                                                                                                                                                    Comments.HASH,
                                                                                                                                                                                    "properties ini cfg conf env service timer"), MARKDOWN(
                                                                                                                                                                                            "Markdown",
                                                                                                                                                                                            false,
                                                                                                                                                                                            Comments.NONE,
                                                                                                                                                                                            "md markdown rst adoc"), DOCKERFILE(
                                                                                                                                                                                                    "Dockerfile",
                                                                                                                                                                                                    false,
                                                                                                                                                                                                    Comments.HASH,
                                                                                                                                                                                                    "dockerfile"), IGNORE(
                                                                                                                                                                                                            "Ignore rules",
                                                                                                                                                                                                            false,
                                                                                                                                                                                                            Comments.HASH,
                                                                                                                                                                                                            "gitignore dockerignore"), TEXT(
                                                                                                                                                                                                                    "Text",
                                                                                                                                                                                                                    false,
                                                                                                                                                                                                                    Comments.NONE,
                                                                                                                                                                                                                    "txt");

    /** What opens a comment. */
    enum Comments {
        C, HASH, DASHES, NONE
    }

    private static final Map<String, FileLanguage> BY_EXTENSION = byExtension();
    private final String label;
    private final boolean isProgramming;
    private final Comments comments;
    private final String extensions;

    FileLanguage(String label, boolean isProgramming, Comments comments, String extensions) {
        this.label = label;
        this.isProgramming = isProgramming;
        this.comments = comments;
        this.extensions = extensions;
    }

    String label() {
        return label;
    }

    boolean isProgramming() {
        return isProgramming;
    }

    Comments comments() {
        return comments;
    }

    /** By the file's name, else by the first line of a script. */
    static Optional<FileLanguage> of(String fileName, String text) {
        var lower = fileName.toLowerCase(Locale.ROOT);
        if (lower.startsWith("dockerfile") || lower.endsWith(".dockerfile")) {
            return Optional.of(DOCKERFILE);
        }
        if (lower.startsWith(".env")) {
            return Optional.of(PROPERTIES);
        }
        var known = BY_EXTENSION.get(lower.substring(lower.lastIndexOf('.') + 1));
        if (known != null && lower.indexOf('.') >= 0) {
            return Optional.of(known);
        }
        return text.startsWith("#!") ? ofScript(text.substring(0, Math.min(text.length(), 100))) : Optional.empty();
    }

    private static Optional<FileLanguage> ofScript(String start) {
        var line = start.lines().findFirst().orElse("");
        if (line.contains("python")) {
            return Optional.of(PYTHON);
        }
        if (line.contains("node")) {
            return Optional.of(JAVASCRIPT);
        }
        return line.endsWith("sh") || line.contains("sh ") ? Optional.of(SHELL) : Optional.empty();
    }

    private static Map<String, FileLanguage> byExtension() {
        var map = new HashMap<String, FileLanguage>();
        for (var language : values()) {
            for (var extension : language.extensions.split(" ", -1)) {
                map.put(extension, language);
            }
        }
        return Map.copyOf(map);
    }
}
