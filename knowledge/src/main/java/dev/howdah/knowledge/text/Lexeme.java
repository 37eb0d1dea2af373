package dev.howdah.knowledge.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What PostgreSQL makes of a word.
 *
 * @param position of its text among those that were asked for, from 1
 * @param lexeme the word, stemmed
 * @param term the same without accents, as it is indexed
 * @param places where it stands in the text, from 1; stop words are counted, too
 */
record Lexeme(int position, String lexeme, String term, List<Integer> places) {
    /** No signed number, address, path or version. */
    private static final Pattern COMPOUND = Pattern.compile("[^-./:@]+(?:-[^-./:@]+)+");

    /**
     * The lexemes of a question without hyphenated words as wholes. PostgreSQL gives {@code low-level} three times: as a
     * whole, then its parts. Asked for all three, this one word outweighs the rest of the question, since the whole is rare
     * and comes on top of its parts; the nearest texts are then those that hyphenate as the question does. A whole stays if
     * its parts are stop words, as those of {@code to-do}.
     *
     * @param lexemes of one text
     */
    static List<Lexeme> withoutCompounds(List<Lexeme> lexemes) {
        var byPlace = new HashMap<Integer, Lexeme>();
        for (var lexeme : lexemes) {
            lexeme.places().forEach(place -> byPlace.put(place, lexeme));
        }
        return lexemes.stream().filter(lexeme -> !lexeme.isFollowedByItsParts(byPlace)).toList();
    }

    /** The first letters are compared because {@code 1e-5} looks like a compound, too, and what follows is no part of it. */
    private boolean isFollowedByItsParts(Map<Integer, Lexeme> byPlace) {
        if (!COMPOUND.matcher(lexeme).matches()) {
            return false;
        }
        var parts = lexeme.split("-", -1);
        return IntStream.range(0, parts.length).anyMatch(i -> {
            var next = byPlace.get(places.getFirst() + 1 + i);
            return next != null && next.lexeme().startsWith(parts[i].substring(0, 1));
        });
    }
}
