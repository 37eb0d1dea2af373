package dev.howdah.agent.triage;

/**
 * Something that a diff changed and others may rely on.
 *
 * @param kind what sort of thing
 * @param effect what became of it
 * @param name how others refer to it: a route, a symbol, a key
 * @param line where the diff shows it
 * @param detail the change in words
 */
record Finding(Kind kind, Effect effect, String name, Diff.Line line, String detail) {
    /** In the order of weight: the first one leads the summary. */
    enum Kind {
        ROUTE("route", true), SYMBOL("public symbol", true), ENVIRONMENT("environment variable", true), CONFIGURATION(
                "configuration key", true), PORT("port", true), DEPENDENCY("dependency", false), IMAGE("image", false);

        private final String label;
        /** Whether taking it away breaks those who use it. */
        private final boolean isInterface;

        Kind(String label, boolean isInterface) {
            this.label = label;
            this.isInterface = isInterface;
        }

        String label() {
            return label;
        }
    }

    /** What became of it. */
    enum Effect {
        REMOVED, CHANGED, ADDED
    }

    boolean isBreaking() {
        return effect != Effect.ADDED && (kind.isInterface || detail.contains("major"));
    }

    /** A line of evidence: where, what, and the text itself. */
    String evidence() {
        return line.place() + " " + detail + ": " + line.text().strip();
    }
}
