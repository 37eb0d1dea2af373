package dev.howdah.agent.a2a;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A task has a new status. */
public record StatusUpdate(String taskId, String contextId, TaskStatus status, Optional<ObjectNode> metadata)
        implements
            StreamItem {}
