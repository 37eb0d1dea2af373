package dev.howdah.knowledge.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the declarations at the top level of a file, without a grammar: a declaration is a line that begins in the first
 * column and looks like one, and its body goes on until the next line that begins in the first column, a closing brace
 * included. That is how formatters of all these languages lay code out; what is laid out otherwise is passed over.
 */
final class Declarations {
    private static final int HEADER_CHARS_MAX = 600;
    private static final Map<FileLanguage, Pattern> FORMS = Map.of(
            FileLanguage.JAVA,
            Pattern.compile(
                    "(?m)^(?:@\\w+(?:\\([^)\\n]*\\))?\\s+)*(?<modifiers>(?:(?:public|protected|private|abstract|"
                            + "final|sealed|non-sealed|static|strictfp)\\s+)*)(?<kind>class|@?interface|enum|record)\\s+(?<name>\\w+)"),
            FileLanguage.KOTLIN,
            Pattern.compile("(?m)^(?<modifiers>(?:(?:public|internal|private|abstract|open|data|sealed|"
                    + "inline|suspend|value|enum|annotation|operator|infix|expect|actual|fun(?= interface))\\s+)*)"
                    + "(?<kind>class|interface|object|fun)\\s+(?:<[^>\\n]*>\\s*)?(?:[\\w<>?]+\\.)?(?<name>\\w+)"),
            FileLanguage.PYTHON, Pattern.compile("(?m)^(?<modifiers>async\\s+)?(?<kind>class|def)\\s+(?<name>\\w+)"),
            FileLanguage.JAVASCRIPT, script(), FileLanguage.TYPESCRIPT, script(),
            FileLanguage.GO,
            Pattern.compile(
                    "(?m)^(?:func\\s+(?<function>\\w+)\\s*[\\[(]|type\\s+(?<name>\\w+)(?:\\[[^\\]\\n]*])?\\s+(?<kind>struct|interface|func)\\b)"),
            FileLanguage.RUST, Pattern.compile(
                    "(?m)^(?<modifiers>pub(?:\\([^)\\n]*\\))?\\s+)?(?:(?:async|const|unsafe)\\s+)*(?<kind>struct|enum|trait|fn)\\s+(?<name>\\w+)"));
    private static final Pattern DOCSTRING = Pattern
            .compile("\\s*[rRuU]?(\"\"\"|''')(.{0,2000}?)\\1", Pattern.DOTALL);

    private Declarations() {}

    private static Pattern script() {
        return Pattern.compile(
                "(?m)^(?<modifiers>export\\s+(?:default\\s+)?)?(?:(?:declare|abstract|async)\\s+)*(?:(?<kind>class|interface|enum|"
                        + "function)\\*?\\s+(?<name>[\\w$]+)|const\\s+(?<function>\\w+)(?:\\s*:[^=\\n]+)?\\s*=\\s*(?:async\\s+)?(?:\\([^)]{0,300}\\)|\\w+)\\s*(?::[^=\\n]+)?=>)");
    }

    /** In the order of the file; none for a language that is not analysed. */
    static List<Declaration> of(SourceFile file) {
        var form = file.language().map(FORMS::get);
        var declarations = new ArrayList<Declaration>();
        if (form.isPresent()) {
            var bare = file.code().bare();
            var matcher = form.get().matcher(bare);
            while (matcher.find()) {
                declarations.add(declaration(file, bare, matcher));
            }
        }
        return declarations;
    }

    /** Whether declarations of the file's language are found. */
    static boolean reads(SourceFile file) {
        return file.language().filter(FORMS::containsKey).isPresent();
    }

    private static Declaration declaration(SourceFile file, String bare, Matcher matcher) {
        var groups = matcher.namedGroups();
        var function = groups.containsKey("function") ? matcher.group("function") : null;
        var name = function != null ? function : matcher.group("name");
        var kind = function != null ? "function" : kind(matcher.group("kind"));
        var modifiers = groups.containsKey("modifiers") && matcher.group("modifiers") != null
                ? matcher.group("modifiers")
                : "";
        int end = end(bare, matcher.end());
        var doc = file.isIn(FileLanguage.PYTHON)
                ? docstring(file, bare, matcher.end(), end)
                : DocComment.before(file.text(), matcher.start());
        return new Declaration(kind, name, isPublic(file, modifiers, name), matcher.start(), end, doc);
    }

    private static String kind(String keyword) {
        return switch (keyword) {
            case "def", "fun", "fn", "func" -> "function";
            case "@interface" -> "interface";
            default -> keyword.toLowerCase(Locale.ROOT);
        };
    }

    private static boolean isPublic(SourceFile file, String modifiers, String name) {
        return switch (file.language().orElseThrow()) {
            case JAVA -> modifiers.contains("public");
            case KOTLIN -> !modifiers.contains("private") && !modifiers.contains("internal");
            case GO -> Character.isUpperCase(name.charAt(0));
            case RUST -> modifiers.startsWith("pub") && !modifiers.contains("(");
            case JAVASCRIPT, TYPESCRIPT -> modifiers.startsWith("export");
            default -> !name.startsWith("_");
        };
    }

    /** The end of the body that a declaration opens. */
    private static int end(String bare, int from) {
        for (int at = bare.indexOf('\n', from); at >= 0 && at + 1 < bare.length(); at = bare.indexOf('\n', at + 1)) {
            char first = bare.charAt(at + 1);
            if (first == '}') {
                return endOfLine(bare, at + 1);
            }
            if (!Character.isWhitespace(first) && "{)]".indexOf(first) < 0 && !bare.startsWith("where", at + 1)) {
                return at;
            }
        }
        return bare.length();
    }

    private static int endOfLine(String text, int from) {
        int at = text.indexOf('\n', from);
        return at < 0 ? text.length() : at;
    }

    private static String docstring(SourceFile file, String bare, int from, int end) {
        int header = headerEnd(bare, from, end);
        var matcher = DOCSTRING.matcher(file.text()).region(header, file.text().length());
        return matcher.lookingAt() ? Prose.plain(matcher.group(2)) : "";
    }

    /** Behind the colon that ends a Python header. */
    private static int headerEnd(String bare, int from, int end) {
        int depth = 0;
        for (int at = from; at < Math.min(end, from + HEADER_CHARS_MAX); at++) {
            char c = bare.charAt(at);
            depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
            if (c == ':' && depth <= 0) {
                return at + 1;
            }
        }
        return end;
    }

    /** The declaration up to its body, on one line. */
    static String header(SourceFile file, Declaration declaration) {
        var bare = file.code().bare();
        int end = Math.min(declaration.end(), declaration.start() + HEADER_CHARS_MAX);
        if (file.isIn(FileLanguage.PYTHON)) {
            end = Math.max(headerEnd(bare, declaration.start(), declaration.end()) - 1, declaration.start());
        } else {
            int brace = bare.indexOf('{', declaration.start());
            int arrow = bare.indexOf("=>", declaration.start());
            end = brace > 0 && brace < end ? brace : end;
            end = declaration.isFunction() && arrow > 0 && arrow < end ? arrow : end;
        }
        return Prose.oneLine(bare.substring(declaration.start(), end));
    }
}
