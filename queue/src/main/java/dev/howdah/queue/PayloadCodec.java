package dev.howdah.queue;

import java.util.regex.Pattern;

/** How payloads and results are written to the store: as JSON always, sealed if keys are set. Thread-safe. */
public interface PayloadCodec {
    /** U+0000 as JSON writes it, not behind an escaped backslash; PostgreSQL's jsonb cannot hold it. */
    Pattern NUL = Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\u0000");

    /** JSON to be stored for this JSON. */
    String encode(String json);

    /** The JSON that was given. */
    String decode(String stored);

    /** Whether the JSON holds the character U+0000, which no store takes, so that tasks can move between stores. */
    static boolean holdsNul(String json) {
        return json.contains("\\u0000") && NUL.matcher(json).find();
    }
}
