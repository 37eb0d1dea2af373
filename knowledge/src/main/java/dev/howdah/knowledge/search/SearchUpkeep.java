package dev.howdah.knowledge.search;

import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.embedding.EmbeddingCache;
import dev.howdah.knowledge.embedding.EmbeddingTasks;
import dev.howdah.knowledge.vector.VectorIndex;
import dev.howdah.postgres.Database;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskRun;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Builds the indexes that collections lack, has the vectors made that are missing, and forgets what nobody needs any more:
 * deletions that every copy has seen, and embeddings of texts of long ago. To be run now and then; it costs next to nothing if there is nothing to do.
 */
public final class SearchUpkeep implements TaskHandler {
    /** The type of the task; it needs no payload. */
    public static final String TYPE = "knowledge.upkeep";

    private static final Duration LIMIT = Duration.ofHours(6);
    private static final Duration EMBEDDINGS_KEPT = Duration.ofDays(180);
    private static final int EMBEDDINGS_MAX = 10_000;

    private final Database database;
    private final Collections collections;
    private final Entries entries;
    private final VectorIndex index;
    private final Optional<EmbeddingTasks> tasks;

    SearchUpkeep(Database database, Collections collections, Entries entries, VectorIndex index,
            Optional<EmbeddingTasks> tasks) {
        this.database = database;
        this.collections = collections;
        this.entries = entries;
        this.index = index;
        this.tasks = tasks;
    }

    /** The task; at most one waits or runs. */
    public static NewTask task() {
        return NewTask.of(TYPE, JsonMapper.shared().createObjectNode()).withKey(TYPE).withTimeout(LIMIT);
    }

    @Override
    public JsonNode handle(TaskRun run) {
        int deletions = entries.pruneDeletions();
        int embeddings = EmbeddingCache.prune(database, EMBEDDINGS_KEPT, EMBEDDINGS_MAX);
        var all = collections.list();
        int done = 0;
        for (var collection : all) {
            if (run.isStopped()) {
                break;
            }
            run.progress(100 * done / all.size(), collection.name());
            index.prepare(collection);
            tasks.ifPresent(embedding -> embedding.enqueueMissing(collection));
            done++;
        }
        return JsonMapper.shared().createObjectNode().put("collections", done).put("deletions_forgotten", deletions)
                .put("embeddings_forgotten", embeddings);
    }
}
