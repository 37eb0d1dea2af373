package dev.howdah.knowledge.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Counts and lists what is in a declaration's body. */
final class CodeMeasure {
    private static final Pattern C_DECISION = Pattern
            .compile("\\b(?:if|for|while|case|catch|foreach)\\b|&&|\\|\\||(?<=\\s)\\?(?=\\s)");
    private static final Pattern PYTHON_DECISION = Pattern.compile("\\b(?:if|elif|for|while|except|case|and|or)\\b");
    private static final Pattern RUST_DECISION = Pattern.compile("\\b(?:if|for|while|loop)\\b|=>|&&|\\|\\|");
    private static final Pattern KOTLIN_DECISION = Pattern.compile("\\b(?:if|for|while|catch)\\b|->|\\?:|&&|\\|\\|");
    private static final Pattern JAVA_METHOD = Pattern
            .compile("public\\s+(?!(?:static\\s+|final\\s+|abstract\\s+|sealed\\s+)*"
                    + "(?:class|interface|record|enum)\\b)[^;={}()]{1,200}\\(");
    private static final Pattern JAVA_INTERFACE_METHOD = Pattern.compile(
            "(?!private\\b|(?:public\\s+|static\\s+|final\\s+|sealed\\s+)*(?:class|interface|record|enum)\\b)(?:default\\s+|static\\s+)?[A-Za-z<][^;={}()]{0,200}\\s\\w+\\s*\\(");
    private static final Pattern KOTLIN_METHOD = Pattern
            .compile("(?!private|internal|protected)(?:\\w+\\s+)*fun\\s+[^({=]{1,200}\\(");
    private static final Pattern SCRIPT_METHOD = Pattern.compile(
            "(?!private\\b|protected\\b|constructor\\b|if\\b|for\\b|while\\b|switch\\b|return\\b)(?:public\\s+|static\\s+|async\\s+|get\\s+|set\\s+|\\*\\s*)*[A-Za-z$][\\w$]*\\s*(?:<[^>]*>)?\\(");
    private static final Pattern PYTHON_METHOD = Pattern.compile("(?:async\\s+)?def\\s+(?!_)\\w+\\s*\\(");
    private static final Pattern GO_INTERFACE_METHOD = Pattern.compile("[A-Z]\\w*\\(");
    private static final Pattern RUST_METHOD = Pattern
            .compile("(?:pub\\s+)?(?:async\\s+|const\\s+|unsafe\\s+)*fn\\s+\\w+[^({]{0,100}\\(");
    private static final Pattern IMPORT = Pattern
            .compile("(?m)^(?:import\\s+(?:static\\s+)?([\\w.*]+)|from\\s+([\\w.]+)\\s+import\\b"
                    + "|use\\s+([\\w:]+)|(?:import|export)\\b[^'\"\\n;]*['\"]([^'\"\\n]+)['\"]|.*\\brequire\\(['\"]([^'\"\\n]+)['\"]\\))");
    private static final Pattern GO_IMPORT = Pattern
            .compile("(?m)^(?:import\\s+|\\t)(?:[\\w.]+\\s+)?\"([^\"\\s]+)\"\\s*$");
    private static final int IMPORTS_MAX = 30;
    private static final int METHODS_MAX = 30;
    private static final int SIGNATURE_MAX = 200;

    private CodeMeasure() {}

    static int lines(String bare) {
        return (int) bare.lines().filter(line -> !line.isBlank()).count();
    }

    static int complexity(FileLanguage language, String bare) {
        var decision = switch (language) {
            case PYTHON -> PYTHON_DECISION;
            case RUST -> RUST_DECISION;
            case KOTLIN -> KOTLIN_DECISION;
            default -> C_DECISION;
        };
        return 1 + (int) decision.matcher(bare).results().count();
    }

    static List<String> imports(SourceFile file) {
        var pattern = file.isIn(FileLanguage.GO) ? GO_IMPORT : IMPORT;
        var imports = new TreeSet<String>();
        pattern.matcher(file.code().withStrings()).results().forEach(match -> {
            for (int group = 1; group <= match.groupCount(); group++) {
                if (match.group(group) != null) {
                    imports.add(Prose.cut(match.group(group), SIGNATURE_MAX));
                }
            }
        });
        return imports.stream().limit(IMPORTS_MAX).toList();
    }

    /** Signatures of public methods: lines at the body's first level of indentation that look like one. */
    static List<String> methods(FileLanguage language, Declaration declaration, String body) {
        if (declaration.isFunction()) {
            return List.of();
        }
        var pattern = switch (language) {
            case JAVA -> declaration.kind().equals("interface") ? JAVA_INTERFACE_METHOD : JAVA_METHOD;
            case KOTLIN -> KOTLIN_METHOD;
            case PYTHON -> PYTHON_METHOD;
            case GO -> GO_INTERFACE_METHOD;
            case RUST -> RUST_METHOD;
            default -> SCRIPT_METHOD;
        };
        var methods = new ArrayList<String>();
        int indent = indentation(body);
        for (int at = body.indexOf('\n') + 1; at > 0 && methods.size() < METHODS_MAX; at = body.indexOf('\n', at) + 1) {
            if (indentationAt(body, at) == indent) {
                var matcher = pattern.matcher(body).region(at + indent, body.length());
                if (matcher.lookingAt()) {
                    methods.add(signature(body, at + indent, matcher.end()));
                }
            }
        }
        return methods;
    }

    /** From its start to the bracket that closes its parameters. */
    private static String signature(String body, int start, int parameters) {
        int depth = 1;
        int end = parameters;
        while (end < body.length() && depth > 0 && end < parameters + 1_000) {
            char c = body.charAt(end++);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        return Prose.cut(Prose.oneLine(body.substring(start, end)), SIGNATURE_MAX);
    }

    /** The least indentation of the body's lines; lines in the first column are the declaration's own. */
    private static int indentation(String body) {
        int least = Integer.MAX_VALUE;
        for (int at = body.indexOf('\n') + 1; at > 0; at = body.indexOf('\n', at) + 1) {
            int indent = indentationAt(body, at);
            least = indent > 0 && indent < least ? indent : least;
        }
        return least;
    }

    /** Of the line that begins there; 0 for an empty line. */
    private static int indentationAt(String body, int start) {
        int at = start;
        while (at < body.length() && (body.charAt(at) == ' ' || body.charAt(at) == '\t')) {
            at++;
        }
        return at == body.length() || body.charAt(at) == '\n' ? 0 : at - start;
    }
}
