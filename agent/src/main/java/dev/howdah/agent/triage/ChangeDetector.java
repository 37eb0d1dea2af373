package dev.howdah.agent.triage;

import dev.howdah.agent.source.ChangedFile;
import dev.howdah.agent.triage.Finding.Effect;
import dev.howdah.agent.triage.Finding.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds in diffs what other repositories may rely on: routes, public symbols, environment variables, configuration keys,
 * ports, images, dependencies. A thing named on a removed line and on no added one is removed; named on both with
 * different text, it is changed. Reads lines by patterns, so it may miss what is spread over several.
 */
final class ChangeDetector {
    private static final String CODE = "\\.(java|kt|py|ts|tsx|js|jsx|mjs|go|cs|rb|rs)$";
    private static final Pattern TEST_PATH = Pattern
            .compile("(^|/)(tests?|__tests__|spec)/|[._-](test|spec)\\.|Tests?\\.java$");
    private static final Pattern NOT_WORD = Pattern.compile("[^A-Za-z0-9_]");

    /** What to look for: in files whose path matches, the first group of the pattern is the name. */
    private record Rule(Kind kind, Pattern path, Pattern line) {
        Rule(Kind kind, String path, String line) {
            this(kind, Pattern.compile(path), Pattern.compile(line));
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule(Kind.ROUTE, CODE, "@(?:Get|Post|Put|Patch|Delete|Request)Mapping\\(.*?\"([^\"]+)\""),
            new Rule(Kind.ROUTE, CODE,
                    "@\\w+\\.(?:get|post|put|patch|delete|route|websocket)\\(\\s*[\"']([^\"']+)[\"']"),
            new Rule(Kind.ROUTE, CODE,
                    "\\b(?:app|router|server|api|mux|r|e)\\.(?:get|post|put|patch|delete|all|Get|Post|GET|POST|PUT|DELETE|"
                            + "HandleFunc|Handle)\\(\\s*[\"'`](?:[A-Z]+ )?(/[^\"'`]*)[\"'`]"),
            new Rule(Kind.ROUTE, "(?i)(openapi|swagger)[^/]*\\.(ya?ml|json)$", "^\\s{0,4}\"?(/[\\w{}/.:-]+)\"?\\s*:"),
            new Rule(Kind.SYMBOL, "\\.java$", "^\\s*public\\s+(?:[\\w<>\\[\\],.? ]+\\s)?(\\w+)\\s*[({]"),
            new Rule(Kind.SYMBOL, "\\.java$", "^\\s*public\\s+(?:\\w+\\s+)*(?:class|interface|record|enum)\\s+(\\w+)"),
            new Rule(Kind.SYMBOL, "\\.py$", "^(?:async\\s+)?(?:def|class)\\s+([A-Za-z]\\w*)"),
            new Rule(Kind.SYMBOL, "\\.(ts|tsx|js|jsx|mjs)$",
                    "^\\s*export\\s+(?:default\\s+)?(?:async\\s+)?(?:abstract\\s+)?"
                            + "(?:function|class|const|let|interface|type|enum)\\*?\\s+(\\w+)"),
            new Rule(Kind.SYMBOL, "\\.go$", "^(?:func\\s+(?:\\([^)]*\\)\\s*)?|type\\s+)([A-Z]\\w*)"),
            new Rule(Kind.ENVIRONMENT, "(?i)dockerfile", "^\\s*(?:ENV|ARG)\\s+([A-Z][A-Z0-9_]+)"),
            new Rule(Kind.ENVIRONMENT, "(^|/)\\.env[^/]*$", "^\\s*(?:export\\s+)?([A-Z][A-Z0-9_]+)="),
            new Rule(Kind.ENVIRONMENT, CODE,
                    "(?:getenv\\(|environ(?:\\.get\\(|\\[)|process\\.env(?:\\.|\\[)|Getenv\\()\\s*[\"']?([A-Z][A-Z0-9_]+)"),
            new Rule(Kind.ENVIRONMENT, "\\.(ya?ml|sh|properties|tf)$", "\\$\\{([A-Z][A-Z0-9_]+)[:}-]"),
            new Rule(Kind.PORT, "(?i)dockerfile", "^\\s*EXPOSE\\s+(\\d+)"),
            new Rule(Kind.PORT, "\\.(ya?ml|properties|json|env)$",
                    "(?i)(?:container_?port|server\\.port|^\\s*port|target_?port)\\W+(\\d{2,5})\\b"),
            new Rule(Kind.PORT, "(?i)compose[^/]*\\.ya?ml$", "^\\s*-\\s*[\"']?(?:[\\d.]+:)?\\d+:(\\d{2,5})"),
            new Rule(Kind.IMAGE, "(?i)dockerfile", "(?i)^\\s*FROM\\s+(?:--\\S+\\s+)?([^\\s:@]+)"),
            new Rule(Kind.IMAGE, "\\.ya?ml$", "^\\s*-?\\s*image:\\s*[\"']?([^\\s:@\"']+)"),
            new Rule(Kind.CONFIGURATION,
                    "(?i)((config|settings|application|values)[^/]*|(^|/)(conf|config|settings)/.*)"
                            + "\\.(ya?ml|toml|json|ini)$",
                    "^\\s*[\"']?([A-Za-z][\\w.-]*)[\"']?\\s*[:=]"),
            new Rule(Kind.CONFIGURATION, "\\.properties$", "^\\s*([A-Za-z][\\w.-]*)\\s*[:=]"));

    private ChangeDetector() {}

    /** All findings, the heaviest first. */
    static List<Finding> find(List<ChangedFile> files) {
        var findings = new ArrayList<Finding>();
        for (var file : files) {
            if (!TEST_PATH.matcher(file.path()).find()) {
                var diff = Diff.of(file);
                findings.addAll(things(file, diff));
                findings.addAll(dependencies(file, diff));
            }
        }
        findings.sort(Comparator.comparing(Finding::isBreaking).reversed().thenComparing(Finding::kind)
                .thenComparing(Finding::effect));
        return findings;
    }

    private static List<Finding> things(ChangedFile file, Diff diff) {
        var findings = new ArrayList<Finding>();
        for (var kind : Kind.values()) {
            var before = named(kind, file.path(), diff.removed());
            var after = named(kind, file.path(), diff.added());
            before.forEach((name, line) -> {
                var now = after.get(name);
                if (now == null) {
                    findings.add(new Finding(kind, Effect.REMOVED, name, line, kind.label() + " " + name + " removed"));
                } else if (!sameText(kind, line, now)) {
                    findings.add(new Finding(kind, Effect.CHANGED, name, now, kind.label() + " " + name
                            + " changed, before: " + line.text().strip() + " — now"));
                }
            });
            after.forEach((name, line) -> {
                if (!before.containsKey(name)) {
                    findings.add(new Finding(kind, Effect.ADDED, name, line, kind.label() + " " + name + " added"));
                }
            });
        }
        return findings;
    }

    private static List<Finding> dependencies(ChangedFile file, Diff diff) {
        var findings = new ArrayList<Finding>();
        var before = Manifest.dependencies(file.path(), diff.removed());
        var after = Manifest.dependencies(file.path(), diff.added());
        before.forEach((name, old) -> {
            var now = after.get(name);
            if (now == null) {
                findings.add(new Finding(Kind.DEPENDENCY, Effect.REMOVED, name, old.line(),
                        "dependency " + name + " " + old.version() + " removed"));
            } else if (!now.version().equals(old.version())) {
                findings.add(new Finding(Kind.DEPENDENCY, Effect.CHANGED, name, now.line(), "dependency " + name
                        + " from " + old.version() + " to " + now.version() + ", a "
                        + Manifest.step(old.version(), now.version()) + " step"));
            }
        });
        after.forEach((name, now) -> {
            if (!before.containsKey(name)) {
                findings.add(new Finding(Kind.DEPENDENCY, Effect.ADDED, name, now.line(),
                        "dependency " + name + " " + now.version() + " added"));
            }
        });
        return findings;
    }

    private static Map<String, Diff.Line> named(Kind kind, String path, List<Diff.Line> lines) {
        var found = new LinkedHashMap<String, Diff.Line>();
        for (var rule : RULES) {
            if (rule.kind == kind && rule.path.matcher(path).find()) {
                for (var line : lines) {
                    var matcher = rule.line.matcher(line.text());
                    while (matcher.find()) {
                        found.putIfAbsent(matcher.group(1), line);
                    }
                }
            }
        }
        return found;
    }

    /** A symbol's body on the same line, or a value's spacing, is no change of the thing itself. */
    private static boolean sameText(Kind kind, Diff.Line before, Diff.Line now) {
        return switch (kind) {
            case SYMBOL -> signature(before.text()).equals(signature(now.text()));
            case ENVIRONMENT, ROUTE, PORT -> true; // the name is all there is to it
            default -> before.text().strip().equals(now.text().strip());
        };
    }

    private static String signature(String text) {
        var end = text.lastIndexOf(')');
        return NOT_WORD.matcher(end < 0 ? text : text.substring(0, end)).replaceAll(" ").replaceAll("\\s+", " ")
                .strip().toLowerCase(Locale.ROOT);
    }
}
