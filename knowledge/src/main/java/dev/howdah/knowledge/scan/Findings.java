package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.ArchitecturePattern;
import dev.howdah.knowledge.scan.Analysis.Dependency;
import dev.howdah.knowledge.scan.Analysis.Evidence;
import dev.howdah.knowledge.scan.Analysis.Head;
import dev.howdah.knowledge.scan.Analysis.Language;
import dev.howdah.knowledge.scan.Analysis.SecurityPractice;
import dev.howdah.knowledge.scan.Analysis.Warning;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Shows each file to all analysers, and puts together what they found. */
final class Findings {
    private static final Pattern IMPORT = Pattern.compile("(?m)^(?:import|package|from|use)\\s.*$");
    private static final int KEYWORDS_MAX = 50;
    private static final int SECRETS_MAX = 500;
    private static final int EVIDENCE_MAX = 10;

    private final ScanOptions options;
    private final Map<FileLanguage, Language> languages = new EnumMap<>(FileLanguage.class);
    private final Manifests manifests = new Manifests();
    private final TestFindings tests = new TestFindings();
    private final Deployments deployments = new Deployments();
    private final Documents documents = new Documents();
    private final Decisions decisions = new Decisions();
    private final Components components;
    private final RuleMatches architecture = new RuleMatches(ArchitectureRules.TABLE);
    private final RuleMatches security = new RuleMatches(SecurityRules.TABLE);
    private final Keywords keywords = new Keywords();
    private final List<Evidence> secrets = new ArrayList<>();

    Findings(ScanOptions options) {
        this.options = options;
        this.components = new Components(options.componentsMax());
    }

    void read(SourceFile file, int bytes) {
        count(file, bytes);
        secrets(file);
        manifests.read(file);
        tests.read(file);
        deployments.read(file);
        documents.read(file);
        decisions.read(file);
        if (!file.isTest()) {
            var declarations = Declarations.of(file);
            var names = file.isCode() ? names(file.code().bare()) : Map.<String, Integer>of();
            components.read(file, declarations, names.keySet());
            var code = new RuleMatches.Code(file, declarations, names);
            architecture.read(code);
            security.read(code);
        }
        if (file.isIn(FileLanguage.MARKDOWN)) {
            file.text().lines().filter(line -> line.startsWith("#")).forEach(keywords::add);
        }
    }

    /** Notes what looks like a secret, also in a file that is not analysed further. */
    void secrets(SourceFile file) {
        for (var place : file.secrets()) {
            if (secrets.size() < SECRETS_MAX) {
                secrets.add(new Evidence(file.path(), place.line(), place.kind()));
            }
        }
    }

    private void count(SourceFile file, int bytes) {
        file.language().ifPresent(language -> languages.merge(language,
                new Language(language.label(), language.isProgramming(), 1, bytes, file.text().lines().count()),
                (one, other) -> new Language(one.name(), one.isProgramming(), one.files() + other.files(),
                        one.bytes() + other.bytes(), one.lines() + other.lines())));
    }

    /** Each name in the code with its first place; imports, which only announce it, are passed over. */
    private static Map<String, Integer> names(String text) {
        var bare = IMPORT.matcher(text).replaceAll(match -> " ".repeat(match.group().length()));
        var names = new LinkedHashMap<String, Integer>();
        int at = 0;
        while (at < bare.length()) {
            int start = at;
            while (at < bare.length() && Character.isJavaIdentifierPart(bare.charAt(at))) {
                at++;
            }
            if (at > start + 1) {
                names.putIfAbsent(bare.substring(start, at), start);
            }
            at = at == start ? at + 1 : at;
        }
        return names;
    }

    Analysis analysis(Head head, TreeReader reader) {
        manifests.finish();
        var warnings = new ArrayList<>(reader.warnings());
        warnings.addAll(manifests.warnings());
        var dependencies = manifests.dependencies();
        if (dependencies.size() > options.dependenciesMax()) {
            warnings.add(new Warning("", "only " + options.dependenciesMax() + " of " + dependencies.size()
                    + " dependencies are kept; raise the limit dependenciesMax"));
        }
        components.describe(keywords);
        keywords.add(documents.problemDomain());
        warnings.sort(Comparator.comparing(Warning::path).thenComparing(Warning::reason));
        return new Analysis(head, reader.size(), languages(), manifests.manifests(),
                dependencies.stream().limit(options.dependenciesMax()).toList(), tests.frameworks(dependencies),
                tests.tests(), deployments.found(), documents.documentation(), components.ranked(),
                practices(dependencies),
                List.copyOf(secrets), patterns(dependencies), decisions.found(), documents.problemDomain(),
                keywords.top(KEYWORDS_MAX), reader.submodules(), warnings);
    }

    private List<Language> languages() {
        return languages.values().stream().sorted(Comparator.comparingLong(Language::bytes).reversed()
                .thenComparing(Language::name)).toList();
    }

    private List<SecurityPractice> practices(List<Dependency> dependencies) {
        return security.matches(dependencies).stream().sorted(Comparator.comparing(match -> match.rule().name()))
                .map(match -> new SecurityPractice(match.rule().name(),
                        match.rule().description() + " " + match.context(),
                        match.evidence().stream().limit(EVIDENCE_MAX).toList()))
                .toList();
    }

    private List<ArchitecturePattern> patterns(List<Dependency> dependencies) {
        return architecture.matches(dependencies).stream().map(match -> new ArchitecturePattern(match.rule().name(),
                match.rule().description(), match.context(), match.rule().keywords(),
                match.evidence().stream().limit(EVIDENCE_MAX).toList(), match.files())).toList();
    }
}
