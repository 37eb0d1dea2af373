package dev.howdah.knowledge.scan;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How one pattern is recognised.
 *
 * @param name the pattern's name
 * @param description what it is, in plain English
 * @param keywords what people would search it by
 * @param filesMin how many files must show it if no dependency does
 * @param signals what shows it
 */
record Rule(String name, String description, List<String> keywords, int filesMin, List<Signal> signals) {
    static Rule of(String name, String description, String keywords, int filesMin, Signal... signals) {
        return new Rule(name, description, List.of(keywords.split(", ", -1)), filesMin, List.of(signals));
    }

    /** Something in a repository that shows a pattern. Tests show nothing. */
    sealed interface Signal {}

    /** A dependency whose name has a match. */
    record DependencySignal(Pattern name) implements Signal {}

    /** A name in the code, outside of comments and strings. */
    record NameSignal(Set<String> names) implements Signal {}

    /** A type or function that the repository itself declares and whose name matches. */
    record DeclarationSignal(Pattern name) implements Signal {}

    /** Text outside of comments, strings included, in files of these languages; of all, if there are none. */
    record TextSignal(Pattern text, List<String> required, Set<FileLanguage> languages) implements Signal {
        /** Whether the expression can match a text, told by that text in lower case. */
        boolean canMatch(String lower) {
            return required.isEmpty() || required.stream().anyMatch(lower::contains);
        }
    }

    /** A file whose whole path matches. */
    record PathSignal(Pattern path) implements Signal {}

    static Signal dependency(String regex) {
        return new DependencySignal(Pattern.compile("(?i)" + regex));
    }

    static Signal names(String names) {
        return new NameSignal(Set.of(names.split(" ", -1)));
    }

    static Signal declares(String regex) {
        return new DeclarationSignal(Pattern.compile(regex));
    }

    static Signal text(String regex, FileLanguage... languages) {
        return new TextSignal(Pattern.compile(regex), RequiredWords.of(regex), Set.of(languages));
    }

    static Signal path(String regex) {
        return new PathSignal(Pattern.compile(regex));
    }
}
