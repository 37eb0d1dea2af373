package dev.howdah.agent.dependencies;

import dev.howdah.agent.triage.Relationship;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.Repositories;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the knowledge base tells triage about the two repositories of a relationship: a few lines each. */
final class ArchitectureContext {
    private static final int PATTERNS_MAX = 10;
    private static final int LESSONS_MAX = 3;
    private static final int LINE_CHARACTERS_MAX = 300;

    private final Knowledge knowledge;

    ArchitectureContext(Knowledge knowledge) {
        this.knowledge = knowledge;
    }

    /** Empty if nothing is known of either. */
    String of(Relationship relationship) {
        var text = new StringBuilder();
        append(text, relationship.sourceRepo());
        append(text, relationship.targetRepo());
        return text.toString().strip();
    }

    private void append(StringBuilder text, String name) {
        var known = knowledge.repositories().find(name);
        var domain = known.map(Repositories.Known::repository).map(one -> one.problemDomain()).orElse("");
        if (!domain.isEmpty()) {
            line(text, name + " is about: " + domain);
        }
        if (known.map(Repositories.Known::patterns).orElse(0L) > 0) {
            line(text, name + " uses: " + knowledge.patterns().list(Optional.of(name), Optional.empty(),
                    Optional.empty(), PATTERNS_MAX).items().stream().map(stored -> stored.value().name())
                    .collect(Collectors.joining(", ")));
        }
        if (known.map(Repositories.Known::lessons).orElse(0L) > 0) {
            knowledge.lessons().list(Optional.of(name), Optional.empty(), Optional.empty(), LESSONS_MAX).items()
                    .forEach(stored -> line(text, "Lesson of " + name + ": " + stored.value().title()));
        }
    }

    private static void line(StringBuilder text, String line) {
        var plain = line.replaceAll("\\p{Cntrl}+", " ");
        text.append(plain, 0, Math.min(plain.length(), LINE_CHARACTERS_MAX)).append('\n');
    }
}
