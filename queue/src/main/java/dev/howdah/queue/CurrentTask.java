package dev.howdah.queue;

import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Tells code that a handler calls, however deep, which task it works for: for accounts of what tasks use. */
public final class CurrentTask implements TaskMiddleware {
    private static final ScopedValue<UUID> ID = ScopedValue.newInstance();

    @Override
    public JsonNode around(TaskRun run, TaskHandler next) throws Exception {
        return ScopedValue.where(ID, run.id()).call(() -> next.handle(run));
    }

    /** The task whose handler runs on this thread, if one does. */
    public static Optional<UUID> id() {
        return ID.isBound() ? Optional.of(ID.get()) : Optional.empty();
    }

    /** The work, to be done on another thread for the task of this one, as part of its trace. */
    public static Runnable carry(Runnable work) {
        var traced = TraceContext.carry(work);
        return id().<Runnable>map(id -> () -> ScopedValue.where(ID, id).run(traced)).orElse(traced);
    }
}
