package dev.howdah.operations.doctor;

import java.util.Locale;

/**
 * What to do about a finding, to be pasted.
 *
 * @param kind how it is to be used
 * @param text the statements, each with its semicolon, or the command
 */
public record Fix(Kind kind, String text) {
    /** How a fix is to be used. */
    public enum Kind {
        /** SQL that loses nothing and stops nobody. */
        SQL,
        /** SQL that drops something, ends somebody's work or blocks others: only after a look. */
        REVIEW,
        /** A command, or words, for people. */
        COMMAND;

        /** As it is shown. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Fix {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a fix says what to do");
        }
    }

    /** A command, or words. */
    public static Fix command(String text) {
        return new Fix(Kind.COMMAND, text);
    }

    /** As lines of an SQL script: what is not to be run unseen is commented out. */
    String script() {
        return kind == Kind.SQL ? text : text.indent(0).stripTrailing().replaceAll("(?m)^", "-- ");
    }
}
