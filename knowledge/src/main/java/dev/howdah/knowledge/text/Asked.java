package dev.howdah.knowledge.text;

import dev.howdah.knowledge.collection.SearchCollection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * A question in the terms of a collection.
 *
 * @param terms what scores
 * @param required terms that an entry must have
 * @param excluded terms that it must not have
 * @param phrases texts of several terms that must follow each other in it
 * @param excludedPhrases texts that must not
 */
record Asked(String language, List<Term> terms, List<String> required, List<String> excluded, List<String> phrases,
        List<String> excludedPhrases) {
    /** Different terms of a question that score; further ones are left out. */
    static final int TERMS_MAX = 64;

    static Asked read(Handle handle, SearchCollection collection, TextQuery query) {
        var texts = new ArrayList<String>();
        texts.add(Identifiers.withParts(query.words()));
        texts.addAll(query.required());
        texts.addAll(query.excluded());
        var lexemes = handle.createQuery(TextSql.LEXEMES).bind("language", collection.language())
                .bind("texts", texts.toArray(String[]::new))
                .map((row, context) -> new Lexeme(row.getInt("position"), row.getString("lexeme"),
                        row.getString("term"), List.of((Integer[]) row.getArray("places").getArray())))
                .list();
        var words = lexemes.stream().filter(lexeme -> lexeme.position() == 1).toList();
        var asked = new Asked(collection.language(), terms(Lexeme.withoutCompounds(words)), new ArrayList<>(),
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 1; i < texts.size(); i++) {
            int position = i + 1;
            var terms = lexemes.stream().filter(lexeme -> lexeme.position() == position).map(Lexeme::term).toList();
            asked.add(texts.get(i), terms, i > query.required().size());
        }
        return asked;
    }

    private static List<Term> terms(List<Lexeme> lexemes) {
        var counts = new LinkedHashMap<String, Integer>();
        lexemes.stream().filter(lexeme -> !lexeme.term().isEmpty())
                .forEach(lexeme -> counts.merge(lexeme.term(), lexeme.places().size(), Integer::sum));
        return counts.entrySet().stream().limit(TERMS_MAX).map(entry -> new Term(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** A text of stop words has no terms, and says nothing. */
    private void add(String text, List<String> terms, boolean isExcluded) {
        boolean isPhrase = terms.size() > 1;
        if (!isExcluded) {
            required.addAll(terms);
        }
        if (isPhrase) {
            (isExcluded ? excludedPhrases : phrases).add(text);
        } else if (isExcluded) {
            excluded.addAll(terms);
        }
    }

    /** Binds what {@link TextSql#CONDITIONS} needs. */
    <T extends SqlStatement<T>> T bind(T statement) {
        Map.of("required_terms", required, "excluded_terms", excluded, "phrases", phrases, "excluded_phrases",
                excludedPhrases).forEach((name, texts) -> statement.bind(name, texts.toArray(String[]::new)));
        return statement.bind("language", language);
    }
}
