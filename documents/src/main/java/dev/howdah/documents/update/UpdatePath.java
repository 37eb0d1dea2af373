package dev.howdah.documents.update;

import dev.howdah.postgres.InvalidInputException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A dotted path to what is changed, with places for elements of arrays.
 *
 * @param text as it was given
 * @param segments its parts
 */
record UpdatePath(String text, List<Segment> segments) {
    private static final int SEGMENTS_MAX = 200;

    UpdatePath {
        segments = List.copyOf(segments);
    }

    /** A part of a path. */
    sealed interface Segment {
        /** A field, or an element by its number. */
        record Name(String text) implements Segment {}

        /** {@code $}: the element that the filter has met. */
        record Met() implements Segment {}

        /** {@code $[]}: every element. */
        record All() implements Segment {}

        /** {@code $[name]}: the elements that the array filter of that name meets. */
        record Filtered(String identifier) implements Segment {}
    }

    static UpdatePath parse(String operator, String text) {
        var parts = text.split("\\.", -1);
        if (parts.length > SEGMENTS_MAX) {
            throw invalid(operator, text, "has " + parts.length + " parts", "use at most " + SEGMENTS_MAX);
        }
        var path = new UpdatePath(text, Stream.of(parts).map(part -> segment(operator, text, part)).toList());
        if (!(path.segments.getFirst() instanceof Segment.Name)) {
            throw invalid(operator, text, "begins with a place in an array", "name the array before it");
        }
        return path;
    }

    private static Segment segment(String operator, String text, String part) {
        if (part.isEmpty()) {
            throw invalid(operator, text, "has an empty part", "put a name between the dots");
        }
        if (part.equals("$")) {
            return new Segment.Met();
        }
        if (part.equals("$[]")) {
            return new Segment.All();
        }
        if (part.matches("\\$\\[[a-z][A-Za-z0-9]*\\]")) {
            return new Segment.Filtered(part.substring(2, part.length() - 1));
        }
        if (part.startsWith("$")) {
            throw invalid(operator, text, "has the part \"" + part + "\"",
                    "use $, $[] or $[name] for elements of arrays, with a name that begins with a small letter");
        }
        return new Segment.Name(part);
    }

    /** Whether all parts are names. */
    boolean isPlain() {
        return segments.stream().allMatch(segment -> segment instanceof Segment.Name);
    }

    List<String> names() {
        return List.of(text.split("\\.", -1));
    }

    /** Whether one of the two is the other or stands above it. */
    static boolean overlap(List<String> left, List<String> right) {
        int common = Math.min(left.size(), right.size());
        return left.subList(0, common).equals(right.subList(0, common));
    }

    private static InvalidInputException invalid(String operator, String text, String problem, String remedy) {
        return new InvalidInputException("update-invalid", operator + "." + text, "the path " + problem, remedy);
    }
}
