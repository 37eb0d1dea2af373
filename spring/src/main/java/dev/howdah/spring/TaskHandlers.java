package dev.howdah.spring;

import dev.howdah.queue.TaskHandler;
import java.util.Map;

/** Handlers that are not methods of beans: a bean of this type gives them to the application's worker when it starts. */
@FunctionalInterface
public interface TaskHandlers {
    /** By task type. */
    Map<String, TaskHandler> handlers();
}
