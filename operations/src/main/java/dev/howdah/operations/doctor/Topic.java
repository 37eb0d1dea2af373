package dev.howdah.operations.doctor;

import java.util.regex.Pattern;

/**
 * What a check looks for.
 *
 * @param id stays the same over releases, such as {@code duplicate-indexes}
 * @param area what it is about
 * @param title what is well if the check is ok, in a few words
 * @param meaning why it matters, in a sentence
 * @param remedy what to do in general; findings say it exactly
 */
public record Topic(String id, Area area, String title, String meaning, String remedy) {
    private static final Pattern ID = Pattern.compile("[a-z]+(-[a-z]+)*");

    public Topic {
        if (!ID.matcher(id).matches() || title.isBlank() || meaning.isBlank() || remedy.isBlank()) {
            throw new IllegalArgumentException("a check needs an id, a title, a meaning and a remedy: " + id);
        }
    }
}
