package dev.howdah.documents.aggregate;

import dev.howdah.postgres.LimitExceededException;
import tools.jackson.databind.JsonNode;

/** What one stage keeps, estimated. */
final class MemoryBudget {
    /** Of an object in the heap, roughly: header, references, an entry of its map. */
    private static final int NODE_BYTES = 48;

    private final String stage;
    private final long max;
    private long used;

    MemoryBudget(String stage, PipelineLimits limits) {
        this.stage = stage;
        this.max = limits.bytesMax();
    }

    /** @throws LimitExceededException {@code aggregation-too-large} */
    <T extends JsonNode> T keep(T node) {
        add(bytes(node));
        return node;
    }

    /** @throws LimitExceededException {@code aggregation-too-large} */
    void add(long bytes) {
        used += bytes;
        if (used > max) {
            throw new LimitExceededException("aggregation-too-large",
                    "the stage " + stage + " would keep more than " + max
                            + " bytes",
                    "put $match, $limit or $project before it");
        }
    }

    private static long bytes(JsonNode node) {
        long bytes = NODE_BYTES;
        if (node.isString()) {
            bytes += node.stringValue().length();
        } else if (node.isArray()) {
            for (var child : node) {
                bytes += bytes(child);
            }
        } else if (node.isObject()) {
            for (var entry : node.properties()) {
                bytes += NODE_BYTES + entry.getKey().length() + bytes(entry.getValue());
            }
        }
        return bytes;
    }
}
