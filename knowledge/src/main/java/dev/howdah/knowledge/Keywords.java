package dev.howdah.knowledge;

import dev.howdah.postgres.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The words under which repositories and patterns are found. They are added, never taken away. */
final class Keywords {
    static final String PUT = """
        INSERT INTO keywords (keyword)
        SELECT DISTINCT keyword
          FROM unnest(:keywords::text[]) AS given (keyword)
         ORDER BY keyword
            ON CONFLICT (keyword) DO NOTHING
        """;

    static final String LINK_REPOSITORY = """
        INSERT INTO repository_keywords (repo_id, keyword_id)
        SELECT r.id, k.id
          FROM unnest(:keywords::text[]) AS given (keyword)
          JOIN keywords k ON k.keyword = given.keyword
          JOIN repositories r ON r.name = :repository
         ORDER BY k.id
            ON CONFLICT (repo_id, keyword_id) DO NOTHING
        """;

    static final String LINK_PATTERNS = """
        INSERT INTO pattern_keywords (pattern_id, keyword_id)
        SELECT p.id, k.id
          FROM unnest(:patterns::text[], :keywords::text[]) AS given (pattern, keyword)
          JOIN keywords k ON k.keyword = given.keyword
          JOIN repositories r ON r.name = :repository
          JOIN patterns p ON p.repo_id = r.id AND p.name = given.pattern
         ORDER BY p.id, k.id
            ON CONFLICT (pattern_id, keyword_id) DO NOTHING
        RETURNING pattern_id::text
        """;

    private Keywords() {}

    static void putOfRepository(Transaction tx, String repository, Collection<String> words) {
        var keywords = words.stream().map(Keywords::normalized).filter(word -> !word.isEmpty()).distinct().toList();
        if (!keywords.isEmpty()) {
            put(tx, keywords);
            tx.handle().createUpdate(LINK_REPOSITORY).bind("repository", repository)
                    .bind("keywords", keywords.toArray(String[]::new)).execute();
        }
    }

    /** Answers the ids of the patterns that got new ones. */
    static List<String> putOfPatterns(Transaction tx, String repository, Collection<Pattern> patterns) {
        var names = new ArrayList<String>();
        var keywords = new ArrayList<String>();
        for (var pattern : patterns) {
            pattern.keywords().stream().map(Keywords::normalized).filter(word -> !word.isEmpty()).forEach(word -> {
                names.add(pattern.name());
                keywords.add(word);
            });
        }
        if (keywords.isEmpty()) {
            return List.of();
        }
        put(tx, keywords);
        return tx.handle().createQuery(LINK_PATTERNS).bind("repository", repository)
                .bind("patterns", names.toArray(String[]::new)).bind("keywords", keywords.toArray(String[]::new))
                .mapTo(String.class).set().stream().toList();
    }

    /** As they are compared. */
    static String[] normalized(Collection<String> words) {
        return words.stream().map(Keywords::normalized).toArray(String[]::new);
    }

    private static void put(Transaction tx, List<String> keywords) {
        tx.handle().createUpdate(PUT).bind("keywords", keywords.toArray(String[]::new)).execute();
    }

    private static String normalized(String word) {
        var folded = word.strip().toLowerCase(Locale.ROOT);
        return folded.length() <= Checks.NAME_MAX ? folded : folded.substring(0, Checks.NAME_MAX);
    }
}
