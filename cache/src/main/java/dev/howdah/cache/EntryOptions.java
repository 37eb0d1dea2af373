package dev.howdah.cache;

import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What an entry is stored with.
 *
 * @param ttl how long it lives
 * @param staleFor how long, once it has expired, {@link Cache#getOrLoad} may serve it while it is loaded anew
 * @param tags by which it can be invalidated together with others; at most 32, of 1 to 200 characters
 */
public record EntryOptions(Ttl ttl, Duration staleFor, Set<String> tags) {
    /** The cache's time to live, never stale, without tags. */
    public static final EntryOptions DEFAULT = new EntryOptions(Ttl.DEFAULT, Duration.ZERO, Set.of());

    static final int TAGS_MAX = 32;
    private static final int TAG_LENGTH_MAX = 200;

    public EntryOptions {
        tags = Set.copyOf(tags);
        if (staleFor.isNegative() || staleFor.compareTo(Ttl.MAX) > 0) {
            throw new InvalidInputException("cache-ttl-invalid", "stale", staleFor + " is negative or more than a "
                    + "hundred years", "use a time from zero on");
        }
        if (tags.size() > TAGS_MAX) {
            throw new InvalidInputException("cache-tags-invalid", "tags", "are " + tags.size(), "use at most "
                    + TAGS_MAX);
        }
        tags.forEach(EntryOptions::checkTag);
    }

    static void checkTag(String tag) {
        if (tag.isEmpty() || tag.length() > TAG_LENGTH_MAX || tag.indexOf('\0') >= 0) {
            throw new InvalidInputException("cache-tags-invalid", "tags", "one has " + tag.length()
                    + " characters, or a NUL", "use 1 to " + TAG_LENGTH_MAX + " characters without NUL");
        }
    }

    /** The same with a time to live. */
    public EntryOptions withTtl(Ttl value) {
        return new EntryOptions(value, staleFor, tags);
    }

    /** The same with a time to live. */
    public EntryOptions withTtl(Duration value) {
        return withTtl(Ttl.of(value));
    }

    /** The same, served for so long after it has expired. */
    public EntryOptions withStaleFor(Duration value) {
        return new EntryOptions(ttl, value, tags);
    }

    /** The same with tags. */
    public EntryOptions withTags(String... values) {
        return new EntryOptions(ttl, staleFor, new LinkedHashSet<>(Arrays.asList(values)));
    }
}
