package dev.howdah.queue;

import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Finds tasks by what is in them. No index has that, and payloads may be sealed, so this looks through the newest tasks that a
 * filter matches, in whatever store they are, and stops after a number of them: the page says how many it looked at, and its
 * cursor goes on behind the last. Thread-safe.
 */
public final class TaskSearch {
    /** Tasks that one call looks at. */
    public static final int LOOKED_AT_MAX = 2_000;

    private static final int BATCH = 200;
    private static final int TEXT_MAX = 200;

    private final TaskQueue queue;

    public TaskSearch(TaskQueue queue) {
        this.queue = queue;
    }

    /**
     * What to look for; of what is given all has to be there.
     *
     * @param payload an object whose fields the payload has, with these values or, in turn, objects that have them
     * @param text somewhere in id, key, error, payload or result, in capitals or not; up to 200 characters
     */
    public record Content(Optional<JsonNode> payload, Optional<String> text) {
        public Content {
            payload.filter(json -> !json.isObject()).ifPresent(json -> {
                throw new InvalidInputException("task-filter-invalid", "payload", "is no JSON object",
                        "give the fields that the payload has to have, such as {\"customer\": 7}");
            });
            text.filter(given -> given.length() > TEXT_MAX).ifPresent(given -> {
                throw new InvalidInputException("task-filter-invalid", "text", "has " + given.length() + " characters",
                        "use at most " + TEXT_MAX);
            });
        }

        /** Whether nothing is looked for. */
        public boolean isEmpty() {
            return payload.isEmpty() && text.isEmpty();
        }

        boolean isIn(Task task) {
            return payload.map(json -> contains(task.payload(), json)).orElse(true)
                    && text.map(given -> isIn(task, given.toLowerCase(Locale.ROOT))).orElse(true);
        }

        private static boolean isIn(Task task, String text) {
            return has(task.id().toString(), text) || task.key().map(key -> has(key, text)).orElse(false)
                    || task.error().map(error -> has(error, text)).orElse(false)
                    || has(task.payload().toString(), text)
                    || task.result().map(result -> has(result.toString(), text)).orElse(false);
        }

        private static boolean has(String whole, String part) {
            return whole.toLowerCase(Locale.ROOT).contains(part);
        }

        private static boolean contains(JsonNode whole, JsonNode part) {
            if (part.isObject()) {
                return whole.isObject() && part.properties().stream().allMatch(field -> contains(whole, field));
            }
            if (part.isNumber() && whole.isNumber()) {
                return whole.decimalValue().compareTo(part.decimalValue()) == 0; // 7 and 7.0 are one number
            }
            return whole.equals(part);
        }

        private static boolean contains(JsonNode whole, Map.Entry<String, JsonNode> field) {
            return whole.has(field.getKey()) && contains(whole.get(field.getKey()), field.getValue());
        }
    }

    /**
     * Tasks that were found, newest first; maybe none although there is a next page.
     *
     * @param lookedAt tasks that the filter matches and that were looked at for it
     * @param next cursor of the next page; absent once all were looked at
     */
    public record Found(List<Task> items, int lookedAt, Optional<String> next) {
        public Found {
            items = List.copyOf(items);
        }
    }

    /** The newest tasks of the filter that have it in them. */
    public Found find(TaskFilter filter, Content content) {
        var found = new ArrayList<Task>();
        var next = filter.cursor();
        int lookedAt = 0;
        do {
            var page = queue.list(filter.page(next, BATCH));
            next = page.next();
            for (int i = 0; i < page.items().size(); i++) {
                var task = page.items().get(i);
                lookedAt++;
                if (content.isIn(task) && found.add(task) && found.size() == filter.limit()) {
                    boolean isLast = next.isEmpty() && i == page.items().size() - 1;
                    return new Found(found, lookedAt, isLast ? next : Optional.of(task.id().toString()));
                }
            }
        } while (next.isPresent() && lookedAt < LOOKED_AT_MAX);
        return new Found(found, lookedAt, next);
    }
}
