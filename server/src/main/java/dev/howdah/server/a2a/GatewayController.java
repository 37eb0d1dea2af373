package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aFailure;
import dev.howdah.agent.a2a.ArtifactUpdate;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.DeclaredOperations;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.Task;
import dev.howdah.postgres.HowdahException;
import dev.howdah.server.a2a.EventWriter.Framing;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The tasks of clients that speak as gateways did before A2A 1.0; they are the same tasks, in other words. */
@RestController
@Tag(name = "Gateway tasks")
final class GatewayController {
    static final String ROOT = "/a2a/tasks/";
    static final String OTHER_ROOT = "/v1/a2a/tasks/";
    private static final Logger LOG = LoggerFactory.getLogger(GatewayController.class);

    private final DeclaredOperations operations;
    private final OpenCalls open;

    GatewayController(DeclaredOperations operations, OpenCalls open) {
        this.operations = operations;
        this.open = open;
    }

    @PostMapping({ROOT + "send", OTHER_ROOT + "send"})
    @Operation(summary = "Begins a task and waits for its outcome")
    ObjectNode send(HttpServletRequest request) throws IOException {
        var message = GatewayTasks.send(RequestBody.readObject(request));
        return switch (open.call(() -> operations.send(caller(request), message))) {
            case Task task -> GatewayTasks.answer(task);
            case Message said -> GatewayTasks.answer(said);
            case StatusUpdate _,ArtifactUpdate _ ->
                throw new A2aException(A2aError.INVALID_AGENT_RESPONSE, "the agent answered with an event",
                        "report it");
        };
    }

    @PostMapping({ROOT + "sendSubscribe", OTHER_ROOT + "sendSubscribe"})
    @Operation(summary = "Begins a task and follows it, as server-sent events")
    void sendSubscribe(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var message = GatewayTasks.send(RequestBody.readObject(request));
        var caller = caller(request);
        var writer = new EventWriter(caller, new Framing(GatewayTasks::event, GatewayController::error), response);
        open.stream(() -> operations.stream(caller, message), writer::write);
    }

    @PostMapping({ROOT + "cancel", OTHER_ROOT + "cancel"})
    @Operation(summary = "Cancels the task that the body names as taskId")
    ObjectNode cancelNamed(HttpServletRequest request) throws IOException {
        return cancel(GatewayTasks.taskId(RequestBody.readObject(request)), request);
    }

    @GetMapping({ROOT + "{id}", OTHER_ROOT + "{id}"})
    @Operation(summary = "How a task stands")
    ObjectNode get(@PathVariable String id, HttpServletRequest request) {
        return GatewayTasks.answer(operations.get(caller(request), new GetTaskRequest(id, OptionalInt.empty())));
    }

    @PostMapping({ROOT + "{id}/cancel", OTHER_ROOT + "{id}/cancel"})
    @Operation(summary = "Cancels a task")
    ObjectNode cancel(@PathVariable String id, HttpServletRequest request) {
        return GatewayTasks.answer(operations.cancel(caller(request), id));
    }

    private static Caller caller(HttpServletRequest request) {
        return Caller.of(ServiceParameters.principal(request));
    }

    @ExceptionHandler
    ResponseEntity<ObjectNode> failed(RuntimeException e) {
        if (!(e instanceof HowdahException)) {
            LOG.error("A request failed", e);
        }
        int status = e instanceof A2aException known && known.error() == A2aError.TASK_NOT_CANCELABLE
                ? 409
                : A2aFailure.of(e).httpStatus();
        return ResponseEntity.status(status).body(error(A2aFailure.of(e)));
    }

    private static ObjectNode error(A2aFailure failure) {
        return JsonMapper.shared().createObjectNode().put("error", failure.message());
    }
}
