package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Component;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the parts worth reusing: public, outside of tests, and substantial (10 lines of code for a type, 8 for a function, or
 * an interface with a doc comment). They rank by how many other files mention their name, then by their doc comment, public
 * methods and size; what is used most is what others want to find.
 */
final class Components {
    private static final int TYPE_LINES_MIN = 10;
    private static final int FUNCTION_LINES_MIN = 8;
    private static final int MODULE_FUNCTIONS_MIN = 3;
    private static final int NAMES_MAX = 200_000;
    private static final int CANDIDATES_PER_KEPT = 20;
    private static final int PURPOSE_MAX = 500;
    private static final int SIGNATURE_MAX = 400;
    private static final int KEYWORDS_MAX = 12;
    private static final Pattern MODULE_DOC = Pattern
            .compile("^(?:#![^\\n]*\\n)?\\s*(?:\"\"\"(.{1,2000}?)\"\"\"|/\\*\\*?(.{1,2000}?)\\*/)", Pattern.DOTALL);

    private final int max;
    private final Map<String, Integer> filesByName = new HashMap<>();
    private List<Component> candidates = new ArrayList<>();

    Components(int max) {
        this.max = max;
    }

    /** Notes what a file outside of tests declares and which names it mentions. */
    void read(SourceFile file, List<Declaration> declarations, Set<String> names) {
        for (var mentioned : names) {
            var name = key(file.language().map(FileLanguage::label).orElse(""), mentioned);
            if (filesByName.size() < NAMES_MAX || filesByName.containsKey(name)) {
                filesByName.merge(name, 1, Integer::sum);
            }
        }
        if (max == 0 || declarations.isEmpty()) {
            return;
        }
        var imports = CodeMeasure.imports(file);
        for (var declaration : declarations) {
            if (declaration.isPublic()) {
                add(component(file, declaration, imports));
            }
        }
        addModule(file, declarations, imports);
    }

    private void add(Component component) {
        if (isSubstantial(component)) {
            candidates.add(component);
        }
        if (candidates.size() >= CANDIDATES_PER_KEPT * max) { // keeps memory bounded, whatever the size of the repository
            candidates = new ArrayList<>(candidates.stream().sorted(ranking()).limit(10L * max).toList());
        }
    }

    private static boolean isSubstantial(Component component) {
        return switch (component.type()) {
            case "function" -> component.linesOfCode() >= FUNCTION_LINES_MIN;
            case "interface", "trait" -> component.linesOfCode() >= TYPE_LINES_MIN || !component.purpose().isEmpty();
            default -> component.linesOfCode() >= TYPE_LINES_MIN;
        };
    }

    private static Component component(SourceFile file, Declaration declaration, List<String> imports) {
        var bare = file.code().bare();
        var language = file.language().orElseThrow();
        var body = body(file, declaration, bare);
        return new Component(declaration.name(), declaration.kind(), language.label(), file.path(),
                file.lineAt(declaration.start()),
                Prose.cut(Declarations.header(file, declaration), SIGNATURE_MAX),
                methods(file, declaration, body, bare),
                Prose.firstSentence(declaration.doc(), PURPOSE_MAX), imports, CodeMeasure.lines(body),
                CodeMeasure.complexity(language, body), keywords(declaration.name(), declaration.doc()), 0);
    }

    /** With the methods of Go and Rust, which stand outside of the type's own body but in its file. */
    private static String body(SourceFile file, Declaration declaration, String bare) {
        var body = new StringBuilder(bare.substring(declaration.start(), declaration.end()));
        if (!declaration.isFunction() && file.isIn(FileLanguage.GO, FileLanguage.RUST)) {
            var form = file.isIn(FileLanguage.GO)
                    ? "(?m)^func\\s*\\(\\w*\\s*\\*?" + declaration.name()
                            + "\\b[^{\\n]*\\{(?:[^\\n]*}$|[^\\n]*(?:\\n(?!}).*)*+\\n})"
                    : "(?m)^impl\\b[^{\\n]*\\b" + declaration.name() + "\\b[^{\\n]*\\{(?:\\n(?!}).*)*+\\n}";
            Pattern.compile(form).matcher(bare).results().forEach(match -> body.append('\n').append(match.group()));
        }
        return body.toString();
    }

    private static List<String> methods(SourceFile file, Declaration declaration, String body, String bare) {
        if (!file.isIn(FileLanguage.GO) || declaration.kind().equals("interface")) {
            return CodeMeasure.methods(file.language().orElseThrow(), declaration, body);
        }
        return Pattern
                .compile("(?m)^func\\s*\\(\\w*\\s*\\*?" + declaration.name()
                        + "\\b[^)\\n]*\\)\\s*([A-Z]\\w*\\([^{\\n]*)")
                .matcher(bare).results().map(match -> Prose.cut(Prose.oneLine(match.group(1)), SIGNATURE_MAX)).limit(30)
                .toList();
    }

    /** A file of several public functions is a component of its own. */
    private void addModule(SourceFile file, List<Declaration> declarations, List<String> imports) {
        var functions = declarations.stream().filter(each -> each.isPublic() && each.isFunction()).toList();
        if (functions.size() < MODULE_FUNCTIONS_MIN || !file.isIn(FileLanguage.PYTHON, FileLanguage.JAVASCRIPT,
                FileLanguage.TYPESCRIPT)) {
            return;
        }
        var language = file.language().orElseThrow();
        var bare = file.code().bare();
        var matcher = MODULE_DOC.matcher(file.text());
        var doc = !matcher.find()
                ? ""
                : Prose.plain(String.valueOf(matcher.group(1) != null ? matcher.group(1) : matcher.group(2))
                        .replaceAll("(?m)^\\s*\\*", ""));
        var name = file.name().replaceFirst("\\.\\w+$", "");
        add(new Component(name, "module", language.label(), file.path(), 1, "module " + name,
                functions.stream().limit(30).map(each -> Prose.cut(Declarations.header(file, each), SIGNATURE_MAX))
                        .toList(),
                Prose.firstSentence(doc, PURPOSE_MAX), imports, CodeMeasure.lines(bare),
                CodeMeasure.complexity(language, bare), keywords(name, doc), 0));
    }

    private static List<String> keywords(String name, String doc) {
        return Prose.words(name + " " + Prose.firstSentence(doc, PURPOSE_MAX)).stream().distinct().limit(KEYWORDS_MAX)
                .toList();
    }

    /** A name means something only among languages that can use each other's code. */
    private static String key(String language, String name) {
        return switch (language) {
            case "Java", "Kotlin", "Scala", "Groovy" -> "jvm ";
            case "JavaScript", "TypeScript", "Vue" -> "js ";
            default -> language + " ";
        } + name;
    }

    List<Component> ranked() {
        return candidates.stream().map(this::withUse).sorted(ranking()).limit(max).toList();
    }

    /** The names and purposes of all that were found, for keywords. */
    void describe(Keywords keywords) {
        candidates.forEach(component -> keywords.add(component.name() + " " + component.purpose()));
    }

    private Component withUse(Component it) {
        return new Component(it.name(), it.type(), it.language(), it.file(), it.line(), it.signature(),
                it.publicMethods(), it.purpose(), it.imports(), it.linesOfCode(), it.cyclomaticComplexity(),
                it.keywords(), Math.max(filesByName.getOrDefault(key(it.language(), it.name()), 0) - 1, 0));
    }

    private static Comparator<Component> ranking() {
        return Comparator.comparingDouble(Components::score).reversed().thenComparing(Component::file)
                .thenComparingInt(Component::line).thenComparing(Component::name);
    }

    private static double score(Component component) {
        return (FileRules.isAside(component.file()) ? -4 : 0) + 2 * Math.log1p(component.usedBy())
                + (component.purpose().isEmpty() ? 0 : 2)
                + Math.log1p(component.publicMethods().size()) + Math.log1p(component.linesOfCode()) / 2;
    }
}
