package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Dependency;
import dev.howdah.knowledge.scan.Analysis.Evidence;
import dev.howdah.knowledge.scan.Rule.DeclarationSignal;
import dev.howdah.knowledge.scan.Rule.DependencySignal;
import dev.howdah.knowledge.scan.Rule.NameSignal;
import dev.howdah.knowledge.scan.Rule.PathSignal;
import dev.howdah.knowledge.scan.Rule.TextSignal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Tries a table of rules on each file as it comes by, and keeps the most telling places of each rule. */
final class RuleMatches {
    private static final int PLACES_MAX = 8;
    private static final int TOLD_MAX = 4;
    private static final int LIBRARIES_MAX = 8;
    private static final int DETAIL_MAX = 300;
    private static final int WEIGHT_OF_DECLARATION = 5;
    private static final int WEIGHT_OF_TEXT = 2;

    private final Map<Rule, Places> places = new LinkedHashMap<>();

    RuleMatches(List<Rule> rules) {
        rules.forEach(rule -> places.put(rule, new Places()));
    }

    /** A file as rules see it: what it declares, and each name in its code with the first place it stands at. */
    record Code(SourceFile file, List<Declaration> declarations, Map<String, Integer> names) {}

    /** A rule that holds here. */
    record Match(Rule rule, List<Evidence> evidence, List<String> libraries, int files) {
        /** How much there is of it, to show the best shown first. */
        int strength() {
            return libraries.size() * 3 + files;
        }

        /** Where and with what, in sentences. */
        String context() {
            var sentences = new ArrayList<String>();
            if (!libraries.isEmpty()) {
                sentences.add("Libraries: " + libraries.stream().limit(LIBRARIES_MAX).collect(Collectors.joining(", "))
                        + (libraries.size() > LIBRARIES_MAX ? " and others." : "."));
            }
            if (files > 0) {
                sentences.add("Seen in " + files + (files == 1 ? " file: " : " files, such as ")
                        + evidence.stream().filter(each -> !each.detail().startsWith("depends on ")).limit(TOLD_MAX)
                                .map(each -> each.place() + " (" + each.detail() + ")")
                                .collect(Collectors.joining("; "))
                        + ".");
            }
            return String.join(" ", sentences);
        }
    }

    /** What a rule found in one file. */
    private record Hit(int weight, Evidence evidence) {
        static final Comparator<Hit> ORDER = Comparator.comparingInt(Hit::weight).reversed()
                .thenComparing(hit -> hit.evidence().file()).thenComparingInt(hit -> hit.evidence().line());
    }

    private static final class Places {
        private final TreeSet<Hit> best = new TreeSet<>(Hit.ORDER);
        private int files;

        void add(Hit hit) {
            files++;
            best.add(hit);
            if (best.size() > PLACES_MAX) {
                best.pollLast();
            }
        }
    }

    void read(Code code) {
        places.forEach((rule, found) -> hit(rule, code).ifPresent(found::add));
    }

    private static Optional<Hit> hit(Rule rule, Code code) {
        int weight = 0;
        Optional<Hit> best = Optional.empty();
        for (var signal : rule.signals()) {
            var hit = switch (signal) {
                case NameSignal it -> named(it, code);
                case DeclarationSignal it -> declared(it, code);
                case TextSignal it -> written(it, code.file());
                case PathSignal it -> it.path().matcher(code.file().path()).matches()
                        ? Optional.of(new Hit(WEIGHT_OF_DECLARATION, new Evidence(code.file().path(), 1, "the file")))
                        : Optional.<Hit>empty();
                case DependencySignal it -> Optional.<Hit>empty();
            };
            weight += hit.map(Hit::weight).orElse(0);
            best = best.isEmpty() || (hit.isPresent() && hit.get().weight > best.get().weight) ? hit : best;
        }
        int sum = FileRules.isAside(code.file().path()) ? 0 : weight;
        return best.map(hit -> new Hit(sum, hit.evidence));
    }

    private static Optional<Hit> named(NameSignal signal, Code code) {
        var present = signal.names().stream().filter(code.names::containsKey).sorted().toList();
        return present.isEmpty()
                ? Optional.empty()
                : Optional.of(new Hit(present.size(), code.file.evidence(
                        present.stream().mapToInt(code.names::get).min().orElseThrow(),
                        detail(code, String.join(", ", present)))));
    }

    /** What is used, with what the file's own comment says that it does with it. */
    private static String detail(Code code, String used) {
        var doc = code.declarations.stream().filter(each -> !each.doc().isEmpty()).findFirst();
        return Prose.cut(doc.map(it -> "uses " + used + " in " + it.name() + ": " + Prose.firstSentence(it.doc(), 200))
                .orElse("uses " + used), DETAIL_MAX);
    }

    private static Optional<Hit> declared(DeclarationSignal signal, Code code) {
        return code.declarations.stream().filter(each -> signal.name().matcher(each.name()).matches()).findFirst()
                .map(it -> new Hit(WEIGHT_OF_DECLARATION + (it.doc().isEmpty() ? 0 : 1) + (it.isPublic() ? 1 : 0),
                        code.file.evidence(it.start(), Prose.cut(it.kind() + " " + it.name()
                                + (it.doc().isEmpty() ? "" : ": " + Prose.firstSentence(it.doc(), 200)), DETAIL_MAX))));
    }

    private static Optional<Hit> written(TextSignal signal, SourceFile file) {
        var isRead = signal.languages().isEmpty()
                ? file.language().isPresent() && !file.isIn(FileLanguage.MARKDOWN,
                        FileLanguage.TEXT)
                : file.language().filter(signal.languages()::contains).isPresent();
        if (!isRead) {
            return Optional.empty();
        }
        var matcher = signal.text().matcher(file.code().withStrings());
        return !signal.canMatch(file.code().lower()) || !matcher.find()
                ? Optional.empty()
                : Optional.of(new Hit(WEIGHT_OF_TEXT,
                        file.evidence(matcher.start(),
                                Prose.cut("says " + Prose.oneLine(matcher.group()), DETAIL_MAX))));
    }

    /** The rules that hold, the best shown first. */
    List<Match> matches(List<Dependency> dependencies) {
        var matches = new ArrayList<Match>();
        places.forEach((rule, found) -> {
            var asked = dependencies.stream().filter(dependency -> isAsked(rule, dependency)).toList();
            if (found.files >= rule.filesMin() || !asked.isEmpty()) {
                matches.add(match(rule, found, asked));
            }
        });
        matches.sort(Comparator.comparingInt(Match::strength).reversed().thenComparing(match -> match.rule.name()));
        return matches;
    }

    private static boolean isAsked(Rule rule, Dependency dependency) {
        return rule.signals().stream().anyMatch(signal -> signal instanceof DependencySignal it
                && it.name().matcher(dependency.name()).find());
    }

    private static Match match(Rule rule, Places found, List<Dependency> asked) {
        var libraries = new TreeMap<String, Dependency>();
        asked.forEach(dependency -> libraries.merge(dependency.name(), dependency,
                (one, other) -> one.version().isEmpty() ? other : one));
        var evidence = new ArrayList<Evidence>();
        libraries.values().stream().limit(LIBRARIES_MAX / 2).forEach(dependency -> evidence
                .add(new Evidence(dependency.manifest(), 1, "depends on " + shown(dependency))));
        found.best.forEach(hit -> evidence.add(hit.evidence));
        return new Match(rule, evidence, libraries.values().stream().map(RuleMatches::shown).toList(), found.files);
    }

    private static String shown(Dependency dependency) {
        return (dependency.name() + " " + dependency.version()).strip();
    }
}
