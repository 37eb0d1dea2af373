package dev.howdah.agent.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes out of texts what must not be logged or stored: given secrets, whatever looks like one, and lines of prompts. For
 * what providers say about errors, who like to repeat what they were sent. Thread-safe.
 */
public final class Redaction {
    private static final String HIDDEN = "***";
    private static final int TEXT_MAX = 500;
    /** Shorter ones would take innocent letters out. */
    private static final int SECRET_MIN = 4;
    private static final int LINE_MIN = 12;
    private static final int LINES_MAX = 2_000;
    private static final List<Pattern> LOOKS_SECRET = List.of(
            Pattern.compile("(?i)\\b(?:bearer|basic)\\s+[\\w.~+/=-]{6,}"),
            Pattern.compile("(?<![\\w-])(?:sk|pk|rk|ghp|gho|glpat|xox[a-z])[-_][\\w*.-]{6,}"),
            Pattern.compile("(?i)(?<=(?:key|token|password|secret)[\"']?[:=]\\s?[\"']?)[^\\s\"',&}]{4,}"),
            Pattern.compile("(?<=://)[^\\s/@]+:[^\\s/@]+(?=@)"));

    private final List<String> secrets;

    private Redaction(List<String> secrets) {
        this.secrets = secrets;
    }

    /** Hides these secrets besides what looks like one; empty and very short ones are left out. */
    public static Redaction of(Collection<String> secrets) {
        return new Redaction(secrets.stream().filter(secret -> secret.length() >= SECRET_MIN).toList());
    }

    /** The text on one line, without secrets, cut to what an error has room for. */
    public String clean(String text) {
        var clean = text;
        for (var secret : secrets) {
            clean = clean.replace(secret, HIDDEN);
        }
        for (var pattern : LOOKS_SECRET) {
            clean = pattern.matcher(clean).replaceAll(HIDDEN);
        }
        clean = clean.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return clean.length() <= TEXT_MAX ? clean : clean.substring(0, TEXT_MAX - 1) + "…";
    }

    /** The same without lines of what was asked. */
    String clean(String text, ModelRequest request) {
        var clean = text.replaceAll("[\\p{Cntrl}\\s]+", " ");
        var texts = new ArrayList<String>(List.of(request.system()));
        request.messages().forEach(message -> texts.add(message.text()));
        for (var line : texts.stream().flatMap(String::lines).map(each -> each.strip().replaceAll("\\s+", " "))
                .filter(each -> each.length() >= LINE_MIN).limit(LINES_MAX).toList()) {
            clean = clean.replace(line, HIDDEN);
        }
        return clean(clean);
    }
}
