package dev.howdah.knowledge.scan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Finds what looks like a secret and strikes it out. It strikes out much, so that nothing leaks, and reports little, so that
 * a report is worth reading: known forms of keys everywhere, values of variables with a telling name only outside of tests and
 * only if they look random. A value of fewer than six characters is not told from other words.
 */
final class Secrets {
    /** What stands in the place of a secret. */
    static final String STRUCK = "[redacted]";
    private static final int PLACES_MAX = 50;
    private static final int RANDOM_CHARS_MIN = 12;
    private static final double RANDOM_BITS_MIN = 3.0;

    /** Forms that are a key whatever stands around them. */
    private static final List<Form> FORMS = List.of(
            new Form("private key", List.of("PRIVATE KEY"), Pattern.compile("-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
                    + "(?:[A-Za-z0-9+/=\\s\\\\:,-]{40,20000}?-----END|[A-Za-z0-9+/=\\s\\\\]{40,20000}+)")),
            new Form("AWS access key", List.of("AKIA", "ASIA"), Pattern.compile("\\b((?:AKIA|ASIA)[0-9A-Z]{16})\\b")),
            new Form("GitHub token", List.of("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
                    Pattern.compile("\\b((?:gh[pousr]_[A-Za-z0-9]{30,})|github_pat_\\w{40,})")),
            new Form("GitLab token", List.of("glpat-"), Pattern.compile("\\b(glpat-[\\w-]{20,})")),
            new Form("Slack token", List.of("xox"), Pattern.compile("\\b(xox[abeoprs]-[A-Za-z0-9-]{10,})")),
            new Form("API key of a model service", List.of("sk-"), Pattern.compile("\\b(sk-[A-Za-z0-9_-]{20,})")),
            new Form("Google API key", List.of("AIza"), Pattern.compile("\\b(AIza[0-9A-Za-z_-]{35})")),
            new Form("Stripe key", List.of("k_live_"), Pattern.compile("\\b([rs]k_live_[0-9A-Za-z]{16,})")),
            new Form("JSON web token", List.of("eyJ"),
                    Pattern.compile("\\b(eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,})")));
    /** Password within a URL. */
    private static final Pattern URL = Pattern
            .compile("://[^\\s:/@\"'<>]{0,100}:([^\\s/@\"'<>{}$]{1,200})@");
    private static final Pattern HEADER = Pattern
            .compile("(?:Bearer|Basic)\\s+((?=[^\\s\"']*[\\d=])[A-Za-z0-9+/_.=-]{12,})");
    private static final Pattern OPTION = Pattern
            .compile("--?(?:password|passwd|token|secret|api-?key)[= ]+[\"']?([^\\s\"'$<{-][^\\s\"'$]*)");
    /** The end of a telling name; what stands before it would only cost time. */
    private static final String NAME = "(?i:passw(?:or)?d|secret|token|(?:api|access|private)[_-]?key|credential)[\\w-]{0,20}";
    private static final Pattern QUOTED = Pattern
            .compile(NAME + "[\"']?\\s{0,4}(?::|=|:=|=>)\\s{0,4}([\"'])(.{6,300}?)\\1");
    private static final String VALUE = "([^\\s\"'`$<{(\\[*|!&]\\S{5,300})";
    private static final Pattern PLAIN = Pattern.compile("(?m)" + NAME + "\\s{0,4}[:=]\\s{0,4}" + VALUE);
    /** In prose a colon introduces words more often than values. */
    private static final Pattern PLAIN_IN_PROSE = Pattern
            .compile("(?m)" + NAME + "\\s{0,4}(?:=|:(?=\\s{0,4}\\S{0,300}\\d))\\s{0,4}" + VALUE);
    private static final Pattern PLACEHOLDER = Pattern.compile("(?i).*(?:example|changeme|change-me|your|placeholder|"
            + "dummy|sample|redacted|xxx|\\*\\*\\*|todo|test|password|secret|\\$\\{|\\{\\{|%\\(|<).*");
    private static final Pattern PROSE = Pattern.compile(".*\\s.*|[\\w.]+\\(.*");

    private Secrets() {}

    /** A form of key, and what a text must have for it; the first group, else the whole, is the secret. */
    private record Form(String kind, List<String> required, Pattern pattern) {}

    /** Where a secret is. */
    record Place(int line, String kind) {}

    /** A text without its secrets, and where those are that should not have been committed. */
    record Redacted(String text, List<Place> places) {}

    private record Span(int start, int end, String kind, boolean isReported) {}

    static Redacted redact(String path, String text) {
        var spans = new ArrayList<Span>();
        boolean isTest = FileRules.isTest(path);
        for (var form : FORMS) {
            if (form.required.stream().noneMatch(text::contains)) {
                continue;
            }
            var kind = form.kind + (isTest ? " in a test" : "");
            var matcher = form.pattern.matcher(text);
            while (matcher.find()) {
                int group = matcher.groupCount() > 0 ? 1 : 0;
                boolean isExample = matcher.group(group).contains("EXAMPLE"); // of a vendor's own documentation
                spans.add(new Span(matcher.start(group), matcher.end(group), kind, !isExample));
            }
        }
        find(spans, URL, 1, text, "password in a URL", isTest);
        find(spans, HEADER, 1, text, "credential in a header", isTest);
        find(spans, OPTION, 1, text, "credential in a command", isTest);
        find(spans, QUOTED, 2, text, "value of a credential", isTest);
        if (isSettings(path)) {
            find(spans, PLAIN, 1, text, "value of a credential", isTest);
        } else if (isProse(path)) {
            find(spans, PLAIN_IN_PROSE, 1, text, "value of a credential", isTest);
        }
        return spans.isEmpty() ? new Redacted(text, List.of()) : strike(text, spans);
    }

    private static void find(List<Span> spans, Pattern pattern, int group, String text, String kind, boolean isTest) {
        var matcher = pattern.matcher(text);
        while (matcher.find()) {
            var value = matcher.group(group);
            spans.add(new Span(matcher.start(group), matcher.end(group), kind, !isTest && looksRandom(value)));
        }
    }

    private static Redacted strike(String text, List<Span> spans) {
        spans.sort(Comparator.comparingInt(Span::start).thenComparing(Comparator.comparingInt(Span::end).reversed()));
        var struck = new StringBuilder(text.length());
        var places = new ArrayList<Place>();
        int end = 0;
        int line = 1;
        for (var span : spans) {
            if (span.start < end) {
                continue; // within the one before
            }
            var between = text.substring(end, span.start);
            line += newlines(between);
            struck.append(between).append(STRUCK);
            if (span.isReported && places.size() < PLACES_MAX) {
                places.add(new Place(line, span.kind));
            }
            int inside = newlines(text.substring(span.start, span.end));
            struck.repeat('\n', inside); // keeps the numbers of the lines that follow
            line += inside;
            end = span.end;
        }
        return new Redacted(struck.append(text, end, text.length()).toString(), List.copyOf(places));
    }

    /** Long, with many different characters, and neither a placeholder nor words. */
    private static boolean looksRandom(String value) {
        return value.length() >= RANDOM_CHARS_MIN && value.chars().anyMatch(Character::isDigit)
                && !PLACEHOLDER.matcher(value).matches() && !PROSE.matcher(value).matches()
                && bits(value) >= RANDOM_BITS_MIN;
    }

    /** Shannon's entropy of a character, in bits. */
    private static double bits(String value) {
        var counts = new int[128];
        value.chars().forEach(c -> counts[c & 127]++);
        double bits = 0;
        for (int count : counts) {
            double share = (double) count / value.length();
            bits -= count == 0 ? 0 : share * Math.log(share) / Math.log(2);
        }
        return bits;
    }

    private static boolean isSettings(String path) {
        var name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return name.startsWith(".env") || name.startsWith("dockerfile") || name.matches(
                ".*\\.(?:ya?ml|properties|ini|cfg|conf|env|toml|tf|tfvars|sh|bash|service)|\\.npmrc|\\.pypirc|\\.netrc");
    }

    private static boolean isProse(String path) {
        return path.matches("(?i).*\\.(?:md|markdown|rst|adoc|txt)");
    }

    private static int newlines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }
}
