package dev.howdah.workflow.example;

import dev.howdah.workflow.definition.WorkflowDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The workflows that come with Howdah; their executors are those of {@link PhaseHandlers}. */
public final class BuiltInWorkflows {
    private static final List<WorkflowDefinition> ALL = List.of(read("sdlc_linear"), read("sdlc_parallel"),
            read("dog-marketplace"));

    private BuiltInWorkflows() {}

    /** All of them. */
    public static List<WorkflowDefinition> all() {
        return ALL;
    }

    private static WorkflowDefinition read(String id) {
        try (var file = BuiltInWorkflows.class.getResourceAsStream("/workflows/" + id + ".yaml")) {
            if (file == null) {
                throw new IllegalStateException("the library lacks workflows/" + id + ".yaml");
            }
            return WorkflowDefinition.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
