package dev.howdah.agent.triage;

import dev.howdah.agent.source.ChangedFile;
import dev.howdah.agent.triage.Finding.Effect;
import dev.howdah.agent.triage.Finding.Kind;
import dev.howdah.agent.triage.TriageRequest.TargetFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Decides by rules, without a language model: the same input always gives the same answer, with its evidence.
 *
 * <p>For a consumer: what the diff takes away or changes is looked for in the consumer's files. A use that is found is
 * certain (critical if something is gone, high if it changed); where files could not be read the answer stays
 * conditional and never critical; where they were read and hold no use, the change is worth knowing but not urgent. For a
 * fork: changes of what it shares with its template are worth taking over, fixes of security at once.
 */
final class BuiltInTriageModel implements TriageModel {
    private static final int EVIDENCE_MAX = 12;
    private static final int USES_PER_FILE_MAX = 5;
    private static final int NAME_LENGTH_MIN = 3;
    private static final Pattern SECURITY = Pattern.compile(
            "(?i)\\b(security|vulnerab\\w*|cve-\\d|exploit|injection|xss|csrf|rce|leak\\w*)");
    private static final Pattern FIX = Pattern.compile("(?i)\\b(fix(es|ed)?|bug|crash|regression)\\b");
    private static final Pattern STARTS_WITH_REPOSITORY = Pattern.compile("^[^\\s/]+/\\S");
    /** What a client puts in a route's variable: a value, or nothing before the string ends; a plain word is another route. */
    private static final String PATH_VALUE = "(?:(?![a-z_-]+(?:[\"'`?/\\s]|$))[^/\\s\"'`]+|(?=[\"'`]))";
    private static final Pattern PATH_VARIABLE = Pattern.compile("\\{[^}]*}|<[^>]*>|:\\w+");

    @Override
    public String name() {
        return "built-in";
    }

    @Override
    public TriageResult decide(TriageRequest request) {
        var findings = ChangeDetector.find(request.changedFiles());
        return switch (request.relationship().type()) {
            case API_CONSUMER -> consumer(request, findings);
            case TEMPLATE_FORK -> fork(request, findings);
        };
    }

    private TriageResult consumer(TriageRequest request, List<Finding> findings) {
        var breaking = findings.stream().filter(Finding::isBreaking).toList();
        if (breaking.isEmpty()) {
            return nothingBreaks(request, findings);
        }
        var uses = uses(breaking, request.targetFiles());
        boolean unread = request.targetFiles().isEmpty()
                || request.targetFiles().stream().anyMatch(file -> !file.present());
        if (!uses.isEmpty()) {
            return verifiedUse(request, findings, uses);
        }
        return unread ? unverified(request, breaking) : noUseFound(request, breaking);
    }

    private TriageResult verifiedUse(TriageRequest request, List<Finding> findings,
            Map<Finding, List<Diff.Line>> uses) {
        var worst = uses.keySet().iterator().next();
        var gone = uses.keySet().stream().anyMatch(finding -> finding.effect() == Effect.REMOVED);
        var steps = new ArrayList<String>();
        uses.forEach((finding, lines) -> steps.add("- " + advice(finding, findings) + " Used in "
                + places(lines) + "."));
        steps.add("- Verify: run the tests of " + request.relationship().targetRepo() + " against "
                + request.event().shortSha() + " of " + request.relationship().sourceRepo() + ".");
        var reasoning = new ArrayList<String>();
        uses.forEach((finding, lines) -> {
            reasoning.add(finding.evidence());
            lines.forEach(line -> reasoning.add("  used at " + line.place() + ": " + line.text().strip()));
        });
        var summary = "%s breaks %s: %s, which %s uses".formatted(request.relationship().sourceRepo(),
                request.relationship().targetRepo(), worst.detail(), request.relationship().targetRepo())
                + more(uses.size() - 1);
        var affected = new LinkedHashSet<String>();
        uses.values().forEach(lines -> lines.forEach(line -> affected.add(line.place())));
        uses.keySet().forEach(finding -> affected.add(finding.line().place()));
        return result(request, true, gone ? Urgency.CRITICAL : Urgency.HIGH, summary, List.copyOf(affected),
                String.join("\n", steps), gone ? 0.95 : 0.85, reasoning);
    }

    private TriageResult unverified(TriageRequest request, List<Finding> breaking) {
        var target = request.relationship().targetRepo();
        var reasoning = evidence(breaking);
        request.targetFiles().stream().filter(file -> !file.present())
                .forEach(file -> reasoning.add(file.path() + ": " + file.content()));
        return result(request, true, Urgency.HIGH,
                "%s may break %s: %s%s. Whether it is used could not be verified".formatted(
                        request.relationship().sourceRepo(), target, breaking.getFirst().detail(),
                        more(breaking.size() - 1)),
                places(breaking), "- Search " + target + " for "
                        + breaking.stream().limit(EVIDENCE_MAX).map(f -> "`" + f.name() + "`").distinct()
                                .collect(Collectors.joining(", "))
                        + "; if it is used, adapt it before this change is deployed.\n- Tell the interface files of "
                        + target + " in the relationship, so that the next change can be verified.",
                0.6, reasoning);
    }

    private TriageResult noUseFound(TriageRequest request, List<Finding> breaking) {
        var reasoning = evidence(breaking);
        reasoning.add("No use in " + request.targetFiles().stream().map(TargetFile::path)
                .collect(Collectors.joining(", ")));
        return result(request, false, Urgency.MEDIUM,
                "%s%s, but the interface files of %s do not use it".formatted(breaking.getFirst().detail(),
                        more(breaking.size() - 1), request.relationship().targetRepo()),
                places(breaking), "Nothing to do, unless other files than the interface files use it.", 0.75,
                reasoning);
    }

    private TriageResult nothingBreaks(TriageRequest request, List<Finding> findings) {
        if (findings.isEmpty()) {
            return result(request, false, Urgency.LOW, "the change touches nothing that " + request.relationship()
                    .targetRepo() + " can rely on", List.of(), "", 0.7, List.of(
                            "No route, public symbol, "
                                    + "configuration, port, environment variable or dependency was removed or changed."));
        }
        return result(request, false, Urgency.LOW, findings.getFirst().detail() + more(findings.size() - 1)
                + "; nothing was taken away", places(findings), "Nothing to do; the additions may be of use.", 0.85,
                evidence(findings));
    }

    private TriageResult fork(TriageRequest request, List<Finding> findings) {
        var files = request.changedFiles();
        var target = request.relationship().targetRepo();
        if (files.isEmpty()) {
            return result(request, false, Urgency.LOW, "no file of the shared concerns "
                    + String.join(", ", request.matchedConcerns()) + " changed", List.of(), "", 0.7,
                    List.of("The concerns are named in the message or the analysis only."));
        }
        var present = request.targetFiles().stream().filter(TargetFile::present).map(TargetFile::path).toList();
        var message = request.event().commitMessage();
        boolean security = SECURITY.matcher(message).find();
        boolean breaking = findings.stream().anyMatch(Finding::isBreaking);
        var urgency = security
                ? Urgency.CRITICAL
                : FIX.matcher(message).find() || breaking ? Urgency.HIGH : Urgency.MEDIUM;
        var what = security ? "a security fix" : FIX.matcher(message).find() ? "a fix" : "a change";
        var steps = new ArrayList<String>();
        for (var file : files) {
            steps.add("- " + (present.contains(file.path())
                    ? "Apply the change of `" + file.path() + "` to your copy; keep what you changed yourself."
                    : "`" + file.path() + "` is not in " + target + "; take it over if you need it."));
        }
        steps.add("- Verify: build " + target + " and start it once.");
        var reasoning = evidence(findings);
        reasoning.addFirst("Shared concerns touched: " + String.join(", ", request.matchedConcerns())
                + "; strategy " + request.relationship().syncStrategy() + ".");
        return result(request, true, urgency, "%s of %s to take over from the template %s: %s".formatted(what,
                String.join(", ", request.matchedConcerns()), request.relationship().sourceRepo(),
                findings.isEmpty() ? firstLine(message) : findings.getFirst().detail()),
                files.stream().map(ChangedFile::path).toList(), String.join("\n", steps),
                present.isEmpty() ? 0.6 : 0.8, reasoning);
    }

    private TriageResult result(TriageRequest request, boolean requiresAction, Urgency urgency, String summary,
            List<String> affected, String recommended, double confidence, List<String> reasoning) {
        return new TriageResult(requiresAction, urgency, capitalize(summary), affected, recommended, confidence,
                reasoning.stream().limit(EVIDENCE_MAX * 2L).collect(Collectors.joining("\n")),
                request.architectureContext(), name());
    }

    /** Where the target's files name what the diff takes away or changes; in the order of the findings' weight. */
    private static Map<Finding, List<Diff.Line>> uses(List<Finding> breaking, List<TargetFile> files) {
        var uses = new LinkedHashMap<Finding, List<Diff.Line>>();
        for (var finding : breaking) {
            if (finding.name().length() < NAME_LENGTH_MIN || finding.kind() == Kind.DEPENDENCY) {
                continue;
            }
            var pattern = usePattern(finding);
            for (var file : files) {
                if (file.present()) {
                    var lines = occurrences(pattern, file);
                    if (!lines.isEmpty()) {
                        uses.computeIfAbsent(finding, key -> new ArrayList<>()).addAll(lines);
                    }
                }
            }
        }
        return uses;
    }

    /** The name as a whole word; a route with anything in place of its variables. */
    private static Pattern usePattern(Finding finding) {
        if (finding.kind() != Kind.ROUTE) {
            return Pattern.compile("(?<![\\w.-])" + Pattern.quote(finding.name()) + "(?![\\w-])");
        }
        var pattern = new StringBuilder();
        var variable = PATH_VARIABLE.matcher(finding.name());
        int end = 0;
        while (variable.find()) {
            pattern.append(Pattern.quote(finding.name().substring(end, variable.start()))).append(PATH_VALUE);
            end = variable.end();
        }
        return Pattern.compile(pattern + Pattern.quote(finding.name().substring(end)) + "(?![\\w-])");
    }

    private static List<Diff.Line> occurrences(Pattern pattern, TargetFile file) {
        var found = new ArrayList<Diff.Line>();
        int number = 0;
        for (var line : file.content().lines().toList()) {
            number++;
            if (found.size() < USES_PER_FILE_MAX && pattern.matcher(line).find()) {
                found.add(new Diff.Line(file.path(), number, line));
            }
        }
        return found;
    }

    private static String advice(Finding finding, List<Finding> findings) {
        if (finding.effect() == Effect.CHANGED) {
            return "Adapt to the changed " + finding.kind().label() + " `" + finding.name() + "`.";
        }
        var successor = findings.stream().filter(other -> other.effect() == Effect.ADDED
                && other.kind() == finding.kind() && other.line().path().equals(finding.line().path())).findFirst();
        return "Replace the " + finding.kind().label() + " `" + finding.name() + "`, which is gone"
                + successor.map(other -> "; the same file adds `" + other.name() + "`").orElse("") + ".";
    }

    private static List<String> evidence(List<Finding> findings) {
        return new ArrayList<>(findings.stream().limit(EVIDENCE_MAX).map(Finding::evidence).toList());
    }

    private static List<String> places(List<Finding> findings) {
        return findings.stream().limit(EVIDENCE_MAX).map(finding -> finding.line().place()).distinct().toList();
    }

    private static String places(java.util.Collection<Diff.Line> lines) {
        return lines.stream().map(line -> "`" + line.place() + "`").distinct().collect(Collectors.joining(", "));
    }

    private static String more(int count) {
        return count < 1 ? "" : " (and %d more)".formatted(count);
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** A sentence's first letter, unless it begins with a repository's name. */
    private static String capitalize(String text) {
        return text.isEmpty() || STARTS_WITH_REPOSITORY.matcher(text).find()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
