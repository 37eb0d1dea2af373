package dev.howdah.operations.infra;

import dev.howdah.operations.infra.Finding.Kind;
import dev.howdah.operations.infra.Technology.Level;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets the configuration of a code base go of what a scan found: environment files first, then Compose services, then
 * dependency manifests. Lines are put behind a comment, where the format has comments, and everything is kept in a
 * {@link InfraBackups backup}. Code is never touched, and neither is what cannot be edited line by line for certain: that
 * stays in the report.
 */
public final class InfraEdits {
    /** What edited lines begin with. */
    static final String MARK = "# howdah-infra: ";

    private final InfraReport report;

    public InfraEdits(InfraReport report) {
        this.report = report;
    }

    /**
     * What is to be done to one file.
     *
     * @param file its path below the root
     * @param text the new text, byte for byte as ISO 8859-1
     * @param changes what was taken out
     */
    public record Edit(String file, String text, List<String> changes) {
        public Edit {
            changes = List.copyOf(changes);
        }
    }

    /**
     * What can be done.
     *
     * @param edits by file, in the order in which they are done
     * @param left what is not edited, and why
     */
    public record Plan(List<Edit> edits, List<String> left) {
        public Plan {
            edits = List.copyOf(edits);
            left = List.copyOf(left);
        }
    }

    /** Works out what can be done. Changes nothing. */
    public Plan plan() {
        var edits = new ArrayList<Edit>();
        var left = new ArrayList<String>();
        var inCode = report.findings().stream().filter(finding -> finding.kind() == Kind.IMPORT)
                .map(finding -> finding.technology().id()).collect(Collectors.toSet());
        for (var entry : byFile().entrySet()) {
            var kind = kind(entry.getKey());
            var text = read(entry.getKey());
            var edit = switch (kind) {
                case ENVIRONMENT -> lines(entry.getKey(), text, entry.getValue());
                case COMPOSE -> compose(entry.getKey(), text, entry.getValue(), left);
                case REQUIREMENTS, GEMFILE, PACKAGE_JSON -> manifest(kind, entry.getKey(), text, entry.getValue(),
                        inCode, left);
                case PYPROJECT, POM, GRADLE, GO_MOD, NUGET -> byHand(entry.getKey(), left,
                        "its dependencies are taken out by hand");
                case YAML, PROPERTIES, CONFIGURATION, TERRAFORM, SHELL ->
                    byHand(entry.getKey(), left, "is edited by hand");
                case PYTHON, JAVASCRIPT, JAVA, GO, RUBY, CSHARP -> byHand(entry.getKey(), left,
                        "is code, which is changed by hand");
            };
            edit.ifPresent(edits::add);
        }
        return new Plan(edits, left);
    }

    /** Environment files first, as a process that starts in between must not find half of its old servers. */
    private Map<String, List<Finding>> byFile() {
        var files = new LinkedHashMap<String, List<Finding>>();
        report.findings().stream().filter(finding -> finding.technology().level() == Level.REPLACE)
                .sorted(Comparator.comparingInt(InfraEdits::rank).thenComparing(Finding::file)
                        .thenComparingInt(Finding::line))
                .forEach(finding -> files.computeIfAbsent(finding.file(), _ -> new ArrayList<>()).add(finding));
        return files;
    }

    private static int rank(Finding finding) {
        return kind(finding.file()) == FileKind.ENVIRONMENT ? 0 : finding.kind() == Kind.IMAGE ? 1 : 2;
    }

    private static FileKind kind(String file) {
        return FileKind.of(file.substring(file.lastIndexOf('/') + 1)).orElseThrow();
    }

    private static Optional<Edit> byHand(String file, List<String> left, String reason) {
        left.add(file + ": " + reason);
        return Optional.empty();
    }

    private static Optional<Edit> lines(String file, String text, List<Finding> findings) {
        var numbers = findings.stream().map(Finding::line).collect(Collectors.toSet());
        return Optional.of(new Edit(file, commented(text, numbers), changes(findings)));
    }

    private static List<String> changes(List<Finding> findings) {
        return findings.stream().map(finding -> "line " + finding.line() + ": " + finding.evidence()).toList();
    }

    private static Optional<Edit> compose(String file, String text, List<Finding> findings, List<String> left) {
        var services = new ComposeServices(text);
        var names = findings.stream().filter(finding -> finding.kind() == Kind.IMAGE)
                .flatMap(finding -> services.serviceAt(finding.line()).stream()).collect(Collectors.toSet());
        if (findings.stream().anyMatch(finding -> finding.kind() != Kind.IMAGE
                && services.serviceAt(finding.line()).filter(names::contains).isEmpty())) {
            left.add(file + ": variables and addresses of the services that stay are edited by hand");
        }
        if (names.isEmpty()) {
            return Optional.empty();
        }
        var without = services.without(names);
        if (without.isEmpty()) {
            left.add(file + ": the services " + names.stream().sorted().collect(Collectors.joining(", "))
                    + " cannot be taken out line by line for certain; take them out by hand");
            return Optional.empty();
        }
        return Optional.of(new Edit(file, without.get(), names.stream().sorted().map(name -> "service " + name)
                .toList()));
    }

    /** A dependency that code still imports stays, or nothing would run any more. */
    private static Optional<Edit> manifest(FileKind kind, String file, String text, List<Finding> findings,
            Set<String> inCode, List<String> left) {
        var packages = findings.stream().filter(finding -> finding.kind() == Kind.PACKAGE).toList();
        var free = packages.stream().filter(finding -> !inCode.contains(finding.technology().id())).toList();
        if (free.size() < packages.size()) {
            left.add(file + ": " + packages.stream().filter(finding -> !free.contains(finding))
                    .map(Finding::evidence).collect(Collectors.joining(", ")) + " is still imported by code");
        }
        if (free.isEmpty()) {
            return Optional.empty();
        }
        if (kind != FileKind.PACKAGE_JSON) {
            return lines(file, text, free);
        }
        var without = JsonMembers.without(text, free.stream().map(Finding::line).collect(Collectors.toSet()));
        if (without.isEmpty()) {
            left.add(file + ": cannot be edited line by line for certain; take out by hand: " + free.stream()
                    .map(Finding::evidence).collect(Collectors.joining(", ")));
            return Optional.empty();
        }
        return Optional.of(new Edit(file, without.get(), changes(free)));
    }

    /** The text with these lines, from 1, behind the mark. */
    static String commented(String text, Set<Integer> lines) {
        var edited = new StringBuilder();
        int number = 0;
        for (int at = 0; at < text.length();) {
            int end = text.indexOf('\n', at);
            int next = end < 0 ? text.length() : end + 1;
            number++;
            edited.append(lines.contains(number) ? MARK : "").append(text, at, next);
            at = next;
        }
        return edited.toString();
    }

    private String read(String file) {
        try {
            // One character per byte: what is not edited stays as it is, whatever its encoding.
            return Files.readString(report.root().resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + file, e);
        }
    }

    /**
     * Does it: backs up all files, then replaces each of them in one step.
     *
     * @return the directory of the backup; absent if there was nothing to do
     */
    public Optional<Path> apply(Plan plan) {
        return plan.edits().isEmpty()
                ? Optional.empty()
                : Optional.of(new InfraBackups(report.root()).replace(plan.edits().stream().collect(Collectors.toMap(
                        Edit::file, edit -> edit.text().getBytes(StandardCharsets.ISO_8859_1), (one, _) -> one,
                        LinkedHashMap::new))));
    }
}
