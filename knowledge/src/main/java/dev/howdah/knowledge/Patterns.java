package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;
import tools.jackson.databind.JsonNode;

/** The patterns of repositories, their keywords, and who shares them. Thread-safe. */
public final class Patterns extends EntryStore<Pattern> {
    private static final int MATCHES_MAX = 10;
    private static final int SHOWN_MAX = 100;
    private static final int WORDS_MAX = 1_000;
    private static final int ACROSS_MAX = 1_000;

    Patterns(Database database, SearchSink sink) {
        super(database, sink, new Kind<>("pattern", Pattern.class, true, PatternsSql.PUT, PatternsSql.FIND,
                PatternsSql.DELETE));
    }

    /**
     * A repository that has some of the wanted keywords or patterns.
     *
     * @param matched those that it has of the wanted ones
     * @param all its keywords, or its patterns; at most 100
     * @param others its patterns if keywords were wanted, else its components; at most 100
     * @param deployment what is known of its deployment; an object
     */
    public record Match(String repository, int matchCount, List<String> matched, List<String> all, List<String> others,
            String problemDomain, JsonNode deployment) {}

    /**
     * The best matches.
     *
     * @param total how many repositories match
     * @param best at most ten, those with most matches first
     */
    public record Matches(long total, List<Match> best) {}

    /** A pattern that several repositories use. */
    public record Shared(String pattern, List<String> repositories) {
        public Shared {
            repositories = List.copyOf(repositories);
        }
    }

    @Override
    Object identity(Pattern entry) {
        return entry.name();
    }

    @Override
    List<String> putRest(Transaction tx, String repository, Collection<Pattern> entries) {
        return Keywords.putOfPatterns(tx, repository, entries);
    }

    @Override
    Optional<SearchText> text(Stored<Pattern> entry) {
        var pattern = entry.value();
        return Optional.of(new SearchText(key(entry.id()), kindName(), entry.repository(), pattern.name(),
                lines(pattern.description(), pattern.context(), String.join(", ", pattern.keywords())), Map.of()));
    }

    /**
     * Newest first.
     *
     * @param repository only its patterns, if present
     * @param name only the patterns of this name, in whatever case, if present
     */
    public Page<Stored<Pattern>> list(Optional<String> repository, Optional<String> name, Optional<String> cursor,
            int limit) {
        return database().read(handle -> page(handle.createQuery(PatternsSql.LIST)
                .bind("repository", repository.orElse(null)).bind("name", name.orElse(null)), cursor, limit));
    }

    /** The names of all patterns, sorted, each once. */
    public Page<String> names(Optional<String> cursor, int limit) {
        return database().read(handle -> Page.of(handle.createQuery(PatternsSql.NAMES)
                .bind("after", cursor.orElse("")).bind("limit", Page.check(limit) + 1).mapTo(String.class).list(),
                limit, name -> name));
    }

    /** Repositories that have at least so many of the keywords, of their own or of their patterns; case does not matter. */
    public Matches byKeywords(Collection<String> keywords, int minMatches) {
        checkWords("keywords", keywords);
        return database().read(handle -> matches(handle.createQuery(PatternsSql.MATCH_KEYWORDS)
                .bind("keywords", Keywords.normalized(keywords)), minMatches));
    }

    /** Repositories that have at least so many of the patterns; case does not matter. */
    public Matches byNames(Collection<String> names, int minMatches) {
        checkWords("patterns", names);
        return database().read(handle -> matches(handle.createQuery(PatternsSql.MATCH_PATTERNS)
                .bind("names", names.toArray(String[]::new)), minMatches));
    }

    /**
     * Patterns that several repositories use, those of most repositories first; at most 1,000.
     *
     * @param part of the pattern's name; empty matches all
     */
    public List<Shared> across(int minRepositories, String part) {
        return database().read(handle -> handle.createQuery(PatternsSql.ACROSS)
                .bind("minRepositories", minRepositories).bind("part", part).bind("limit", ACROSS_MAX)
                .map((row, context) -> new Shared(row.getString("pattern"), strings(row, "repositories"))).list());
    }

    /** Repositories that use a pattern, or had an issue with it. */
    public List<String> users(String pattern) {
        return database().read(handle -> handle.createQuery(PatternsSql.USERS).bind("pattern", pattern)
                .mapTo(String.class).list());
    }

    private static void checkWords(String field, Collection<String> words) {
        if (words.size() > WORDS_MAX) {
            throw new InvalidInputException("query-invalid", field, "has " + words.size() + " words",
                    "use at most " + WORDS_MAX);
        }
    }

    private static Matches matches(Query query, int minMatches) {
        var totals = new long[1];
        var best = query.bind("minMatches", minMatches).bind("limit", MATCHES_MAX).bind("shown", SHOWN_MAX)
                .map((row, context) -> {
                    totals[0] = row.getLong("total");
                    return new Match(row.getString("name"), row.getInt("match_count"), strings(row, "words"),
                            strings(row, "all_words"), strings(row, "others"), row.getString("problem_domain"),
                            Json.MAPPER.readTree(row.getString("deployment")));
                }).list();
        return new Matches(totals[0], best);
    }

    private static List<String> strings(ResultSet row, String column) throws SQLException {
        return Arrays.asList((String[]) row.getArray(column).getArray());
    }
}
