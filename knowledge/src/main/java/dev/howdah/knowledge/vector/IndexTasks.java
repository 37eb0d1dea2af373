package dev.howdah.knowledge.vector;

import dev.howdah.knowledge.collection.Collections;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskRun;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Builds the indexes that collections lack, for all of them; to be run now and then, and costs next to nothing if none lacks one. */
public final class IndexTasks implements TaskHandler {
    /** The type of the task; it needs no payload. */
    public static final String TYPE = "knowledge.index";

    private static final Duration LIMIT = Duration.ofHours(6);

    private final Collections collections;
    private final VectorIndex index;

    public IndexTasks(Collections collections, VectorIndex index) {
        this.collections = collections;
        this.index = index;
    }

    /** The task; at most one waits or runs. */
    public static NewTask task() {
        return NewTask.of(TYPE, JsonMapper.shared().createObjectNode()).withKey(TYPE).withTimeout(LIMIT);
    }

    @Override
    public JsonNode handle(TaskRun run) {
        var all = collections.list();
        int done = 0;
        for (var collection : all) {
            if (run.isStopped()) {
                break;
            }
            run.progress(100 * done / all.size(), collection.name());
            index.prepare(collection);
            done++;
        }
        return JsonMapper.shared().createObjectNode().put("collections", done);
    }
}
