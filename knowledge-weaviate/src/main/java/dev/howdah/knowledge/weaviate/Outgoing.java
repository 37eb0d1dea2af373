package dev.howdah.knowledge.weaviate;

import dev.howdah.knowledge.vector.EntryChanges;
import io.weaviate.client6.v1.api.collections.Vectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sends changes to a class in batches; what was given but not sent yet goes with {@link #flush}. */
final class Outgoing implements EntryChanges.Receiver {
    private static final int OBJECTS_MAX = 500;
    /** Floats of one batch: 4 MiB, far below what a server takes. */
    private static final int FLOATS_MAX = 1 << 20;

    private final WeaviateServer server;
    private final String copy;
    private final Map<Long, WeaviateServer.Item> items = new LinkedHashMap<>();
    private final List<Long> gone = new ArrayList<>();
    private long floats;

    Outgoing(WeaviateServer server, String copy) {
        this.server = server;
        this.copy = copy;
    }

    @Override
    public void changed(long entry, String version, float[] vector) {
        items.put(entry, new WeaviateServer.Item(entry, version, Vectors.of(vector)));
        floats += vector.length;
        if (items.size() >= OBJECTS_MAX || floats >= FLOATS_MAX) {
            flush();
        }
    }

    @Override
    public void removed(long entry) {
        gone.add(entry);
        if (gone.size() >= OBJECTS_MAX) {
            flush();
        }
    }

    /** Sends the rest. An entry is either changed or removed in one look, so that their order does not matter. */
    void flush() {
        server.remove(copy, gone);
        gone.clear();
        server.put(copy, items.values());
        items.clear();
        floats = 0;
    }
}
