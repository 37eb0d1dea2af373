package dev.howdah.agent.knowledge;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a document of a repository has to keep. Looks at texts only; the caller reads them. */
final class DocumentationStandards {
    /** How much a document matters, most first. */
    enum Priority {
        CRITICAL, HIGH, MEDIUM, LOW
    }

    /** Something that a document does not keep. */
    record Violation(String type, Priority severity, String message, String file) {}

    /** What was found in one document. */
    record FileResult(String file, Priority priority, List<Violation> violations, int checks) {
        FileResult {
            violations = List.copyOf(violations);
        }
    }

    private static final List<List<String>> NAMES = List.of(List.of("readme", "claude", "quick_start", "quickstart",
            "license", "licence", "copying"), List.of("extend", "extension", "api", "agentcard", "agent_card"),
            List.of("architecture", "lessons_learned", "troubleshooting"), List.of("contributing", "changelog", "faq"));
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6}\\s+(.+)$");
    private static final Pattern STAMP = Pattern.compile("(?i)last[ _-]?(updated|modified|reviewed)\\W{0,6}\\w");
    private static final Pattern FENCE = Pattern.compile("(?m)^\\s{0,3}```([^`\\n]*)$");
    private static final Pattern LINK = Pattern.compile("\\]\\((?![a-z]+:)([^)#\\s]*)(#[^)\\s]*)?\\)");
    private static final Pattern PATH = Pattern.compile("`([\\w.-]+(?:/[\\w.-]+)+\\.\\w{1,5})`");
    private static final Pattern TERMS = Pattern.compile("\\b(Postgresql|PostGreSQL|Github|Javascript|Typescript|"
            + "Json)\\b");
    private static final int PATHS_MAX = 5;
    private static final int LICENSE_MIN = 30_000;

    private final Set<String> files;

    /** Checks against the files that the repository has. */
    DocumentationStandards(Set<String> files) {
        this.files = Set.copyOf(files);
    }

    /** Whether a file is a document by its name and place. */
    static boolean isDocument(String path) {
        var lower = path.toLowerCase(Locale.ROOT);
        return lower.endsWith(".md") || lower.endsWith(".rst") || lower.endsWith(".adoc") || isLicense(path);
    }

    /** How much a document matters; those without a name of their own matter least. */
    static Priority priority(String path) {
        var base = base(path);
        for (int i = 0; i < NAMES.size(); i++) {
            if (NAMES.get(i).stream().anyMatch(base::startsWith)) {
                return Priority.values()[i];
            }
        }
        return base.contains("guide") ? Priority.HIGH : Priority.LOW;
    }

    /** Whether its name is one of those that matter. */
    static boolean isNamed(String path) {
        var base = base(path);
        return NAMES.stream().flatMap(List::stream).anyMatch(base::startsWith) || base.contains("guide");
    }

    FileResult check(String path, String text) {
        var run = new Run(path, text);
        if (isLicense(path)) {
            run.license();
        } else {
            run.sections();
            run.stamp();
            run.paths();
            run.fences();
            run.terms();
            run.links();
        }
        return new FileResult(path, priority(path), run.violations, run.checks);
    }

    private static String base(String path) {
        return path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT).replace('-', '_');
    }

    private static boolean isLicense(String path) {
        return base(path).matches("(license|licence|copying)(\\.(md|txt|rst))?");
    }

    /** The checks of one document. */
    private final class Run {
        private final String path;
        private final String text;
        private final List<Violation> violations = new ArrayList<>();
        private int checks;

        Run(String path, String text) {
            this.path = path;
            this.text = text;
        }

        private void check(boolean isKept, String type, Priority severity, String message) {
            checks++;
            if (!isKept) {
                violations.add(new Violation(type, severity, message, path));
            }
        }

        void license() {
            check(text.contains("GNU GENERAL PUBLIC LICENSE") && text.contains("Version 3"), "license",
                    Priority.CRITICAL, "the licence is not the GNU General Public License, version 3");
            check(text.length() >= LICENSE_MIN, "license", Priority.CRITICAL, "the licence has " + text.length()
                    + " characters; its whole text has at least " + LICENSE_MIN);
        }

        void sections() {
            var base = base(path);
            if (base.startsWith("readme")) {
                sections(Priority.CRITICAL, "overview|about|introduction|what", "install|setup|getting.started|start",
                        "usage|use|example");
                check(hasHeading("licen[sc]e") || text.contains("img.shields.io/badge/license"), "license",
                        Priority.HIGH, "there is no section and no badge about the licence");
            } else if (base.contains("guide")) {
                sections(Priority.HIGH, "prerequisite|requirement|before", "example");
            }
        }

        private void sections(Priority severity, String... wanted) {
            for (var words : wanted) {
                check(hasHeading(words), "missing_section", severity, "no heading has one of: "
                        + words.replace("|", ", ").replace(".", " "));
            }
        }

        private boolean hasHeading(String words) {
            var pattern = Pattern.compile("(?i)\\b(" + words + ")");
            return HEADING.matcher(text).results().anyMatch(heading -> pattern.matcher(heading.group(1)).find());
        }

        void stamp() {
            if (priority(path).compareTo(Priority.HIGH) <= 0) {
                check(STAMP.matcher(text).find(), "missing_timestamp", Priority.MEDIUM,
                        "it does not say when it was last updated");
            }
        }

        void paths() {
            var named = new LinkedHashSet<String>();
            PATH.matcher(text).results().forEach(found -> named.add(found.group(1)));
            named.stream().limit(PATHS_MAX).forEach(name -> check(exists(name), "missing_path", Priority.HIGH,
                    "it names " + name + ", which is not there"));
        }

        void fences() {
            boolean opens = true;
            int bare = 0;
            for (var fence : FENCE.matcher(text).results().toList()) {
                bare += opens && fence.group(1).isBlank() ? 1 : 0;
                opens = !opens;
            }
            check(bare == 0, "code_block_language", Priority.MEDIUM, bare + " code blocks name no language");
        }

        void terms() {
            var wrong = new LinkedHashSet<String>();
            TERMS.matcher(text).results().forEach(found -> wrong.add(found.group(1)));
            check(wrong.isEmpty(), "terminology", Priority.MEDIUM, "names are misspelt: " + String.join(", ", wrong));
        }

        void links() {
            var broken = new LinkedHashSet<String>();
            LINK.matcher(text).results().map(link -> link.group(1)).filter(target -> !target.isEmpty())
                    .filter(target -> !exists(target)).forEach(broken::add);
            check(broken.isEmpty(), "broken_link", Priority.HIGH, "links lead nowhere: " + String.join(", ",
                    broken.stream().limit(PATHS_MAX).toList()));
        }

        /** From the repository's root, or from the document's folder; a folder exists if a file is in it. */
        private boolean exists(String target) {
            var folder = path.contains("/") ? path.substring(0, path.lastIndexOf('/') + 1) : "";
            for (var start : List.of("", folder)) {
                var resolved = normalized(start + target);
                if (files.contains(resolved) || resolved.isEmpty()
                        || files.stream().anyMatch(file -> file.startsWith(resolved + "/"))) {
                    return true;
                }
            }
            return false;
        }

        private static String normalized(String target) {
            var parts = new ArrayList<String>();
            for (var part : target.split("/", -1)) {
                if (part.equals("..") && !parts.isEmpty()) {
                    parts.removeLast();
                } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
                    parts.add(part);
                }
            }
            return String.join("/", parts);
        }
    }
}
