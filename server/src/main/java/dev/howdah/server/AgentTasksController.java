package dev.howdah.server;

import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.task.AgentTasks;
import dev.howdah.agent.task.SkillAgent;
import dev.howdah.agent.task.TaskEvent;
import dev.howdah.agent.task.TaskOverview;
import dev.howdah.agent.task.TaskOverview.Conversation;
import dev.howdah.agent.task.TaskOverview.Entry;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.server.a2a.LiveEvents;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import org.springframework.web.util.UriComponentsBuilder;
import java.util.OptionalLong;
import java.util.Set;

/** Agents' tasks for those who run the service: of all callers, with what the protocols do not show. */
@RestController
@Tag(name = "Agent tasks")
final class AgentTasksController {
    private final Howdah howdah;
    private final ApiKeys keys;
    private final LiveEvents live;
    private final TaskOverview overview;

    AgentTasksController(Howdah howdah, ApiKeys keys, LiveEvents live) {
        this.howdah = howdah;
        this.keys = keys;
        this.live = live;
        this.overview = new TaskOverview(howdah.database());
    }

    /** A task; what the protocol knows of it stands in {@code task}, as the protocol writes it. */
    record AgentTaskView(String id, String owner, String contextId, String state, @Nullable String skill,
            Instant statusAt, @Nullable String message, long lastSequence, @Nullable UUID runId,
            @Nullable JsonNode task) {
        static AgentTaskView of(Entry entry, boolean isWhole) {
            var task = entry.task();
            return new AgentTaskView(task.id(), entry.owner(), task.contextId(), task.status().state().label(),
                    entry.skill().orElse(null), task.status().timestamp(),
                    task.status().message().map(Message::text).orElse(null), entry.lastSequence(),
                    entry.runId().orElse(null), isWhole ? ProtoJson.task(task) : null);
        }
    }

    record AgentTaskPage(List<AgentTaskView> items, @Nullable String next) {}

    record ConversationView(String id, String owner, Instant createdAt, int tasks, int open,
            @Nullable Instant lastAt) {
        static ConversationView of(Conversation conversation) {
            return new ConversationView(conversation.id(), conversation.owner(), conversation.createdAt(),
                    conversation.tasks(), conversation.open(), conversation.lastAt().orElse(null));
        }
    }

    record ConversationPage(List<ConversationView> items, @Nullable String next) {}

    /** One event, as the protocol writes it in a stream; a message of the client as {@code message}. */
    record AgentEventView(long sequence, JsonNode event) {
        static AgentEventView of(TaskEvent event) {
            return new AgentEventView(event.sequence(), ProtoJson.item(event.item()));
        }
    }

    record AgentEventPage(List<AgentEventView> items, long next) {}

    @GetMapping("/api/agent/tasks")
    @Operation(summary = "Lists agents' tasks of all callers, newest first")
    AgentTaskPage list(@RequestParam Optional<String> state, @RequestParam Optional<String> owner,
            @RequestParam Optional<String> context, @RequestParam Optional<String> skill,
            @RequestParam Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        var entries = overview.list(new TaskOverview.Filter(state.filter(text -> !text.isBlank()).map(
                AgentTasksController::state), owner, context, skill, cursor.map(AgentTasksController::id), limit));
        return new AgentTaskPage(entries.stream().map(entry -> AgentTaskView.of(entry, false)).toList(),
                entries.size() < limit ? null : entries.getLast().task().id());
    }

    @GetMapping("/api/agent/tasks/{id}")
    @Operation(summary = "A task with its history and artifacts")
    AgentTaskView get(@PathVariable String id) {
        return AgentTaskView.of(find(id), true);
    }

    @GetMapping("/api/agent/tasks/{id}/events")
    @Operation(summary = "What happened in a task, in order; pass next as after to read on")
    AgentEventPage events(@PathVariable String id, @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "100") int limit) {
        var entry = find(id);
        var events = overview.events(id(id), entry.task().contextId(), after, limit);
        return new AgentEventPage(events.stream().map(AgentEventView::of).toList(),
                events.isEmpty() ? after : events.getLast().sequence());
    }

    @GetMapping("/api/agent/tasks/{id}/events/stream")
    @Operation(summary = "Server-sent events that clients see, to the end of the task; Last-Event-ID or after resumes without a gap")
    void stream(@PathVariable String id, @RequestParam Optional<Long> after,
            @RequestHeader(name = "Last-Event-ID", required = false) Optional<String> lastEventId,
            HttpServletResponse response) {
        long known = lastEventId.map(EventsController::sequence).or(() -> after).orElse(0L);
        live.serve(owner(find(id)), known, caller -> tasks().subscribe(caller, id), response);
    }

    @PostMapping("/api/agent/tasks/{id}/cancel")
    @Operation(summary = "Ends a task; its handler is interrupted, wherever it runs")
    AgentTaskView cancel(@PathVariable String id) {
        var entry = find(id);
        tasks().cancel(owner(entry), id);
        return get(id);
    }

    /** An answer to what a task has asked: a message of the protocol, or a text. */
    record AnswerInput(@Nullable String text, @Nullable JsonNode data) {}

    @PostMapping("/api/agent/tasks/{id}/answer")
    @Operation(summary = "Answers what a task has asked, in its caller's name: {text} or {data}")
    AgentTaskView answer(@PathVariable String id, @RequestBody AnswerInput input) throws InterruptedException {
        var entry = find(id);
        var part = JsonMapper.shared().createObjectNode();
        if (input.data != null && !input.data.isNull()) {
            part.set("data", input.data);
        } else if (input.text != null) {
            part.put("text", input.text);
        }
        var json = JsonMapper.shared().createObjectNode().put("messageId", UUID.randomUUID().toString())
                .put("taskId", id).put("role", "ROLE_USER");
        json.putArray("parts").add(part);
        tasks().send(owner(entry), new SendMessageRequest(ProtoReader.message(json), notWaiting(), Optional.empty()));
        return get(id);
    }

    @GetMapping("/api/agent/contexts")
    @Operation(summary = "Lists conversations of all callers, newest first")
    ConversationPage contexts(@RequestParam Optional<String> owner, @RequestParam Optional<String> cursor,
            @RequestParam(defaultValue = "50") int limit) {
        var found = overview.conversations(owner, cursor.map(AgentTasksController::conversation), limit);
        return new ConversationPage(found.stream().map(ConversationView::of).toList(),
                found.size() < limit ? null : cursor(found.getLast()));
    }

    @GetMapping("/api/skills")
    @Operation(summary = "Lists the skills with their schemas")
    List<ObjectNode> skills() {
        return howdah.skills().all().stream().map(skill -> {
            var view = AgentCard.summary(skill);
            view.set("input_schema", skill.inputSchema());
            view.set("output_schema", skill.outputSchema());
            return view;
        }).toList();
    }

    @PostMapping("/api/skills/{name}/tasks")
    @Operation(summary = "Has a skill run as a task; the body is its input. With wait=true answers once it has ended or asks "
            + "for something. With the header Idempotency-Key a request that is sent again gets the first task")
    ResponseEntity<?> start(@PathVariable String name, @RequestBody JsonNode input,
            @RequestParam(defaultValue = "false") boolean wait,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key)
            throws InterruptedException {
        var skill = howdah.skills().find(name).orElseThrow(() -> new NotFoundException("skill-unknown",
                "there is no skill \"" + name + "\"", "list those there are with: howdah skills list"));
        if (skill.requiresAuth() && keys.isRequired() && !keys.isConfigured()) {
            return Problem.of(HttpStatus.UNAUTHORIZED, "api-key-missing",
                    "the skill " + name + " needs the API key, and none is configured", "set HOWDAH_API_KEY");
        }
        var caller = new Caller("api", "", Set.of(), key, OptionalLong.empty());
        var request = new SendMessageRequest(message(skill.name(), input, key), wait
                ? SendMessageRequest.Configuration.DEFAULT
                : notWaiting(), Optional.empty());
        var task = (Task) tasks().send(caller, request);
        var location = UriComponentsBuilder.fromPath("/api/agent/tasks/{id}").build(task.id());
        return ResponseEntity.status(wait ? 200 : 202).location(location).body(get(task.id()));
    }

    /** The same request has the same message, so that it is known when it comes again. */
    private static Message message(String skill, JsonNode input, Optional<String> key) {
        var message = SkillAgent.message(skill, input);
        return key.map(name -> new Message(name, Optional.empty(), Optional.empty(), message.role(), message.parts(),
                Optional.empty(), List.of(), List.of())).orElse(message);
    }

    private static SendMessageRequest.Configuration notWaiting() {
        var usual = SendMessageRequest.Configuration.DEFAULT;
        return new SendMessageRequest.Configuration(usual.acceptedOutputModes(), usual.push(), usual.historyLength(),
                true);
    }

    private AgentTasks tasks() {
        return howdah.agentTasks();
    }

    private Entry find(String id) {
        return overview.find(id(id)).orElseThrow(() -> new NotFoundException("agent-task-not-found",
                "there is no task " + id, "list those there are with: howdah agent tasks"));
    }

    /** In the name of whom the task belongs to. */
    private static Caller owner(Entry entry) {
        return Caller.ofOwner(entry.owner());
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("agent-task-id-invalid", "id", "\"" + text + "\" is no id of a task",
                    "use the id that starting it answered, a UUID");
        }
    }

    private static TaskState state(String text) {
        return Arrays.stream(TaskState.values()).filter(state -> state.label().equals(text)).findFirst()
                .orElseThrow(() -> new InvalidInputException("agent-filter-invalid", "state", "\"" + text
                        + "\" is no state",
                        "use one of " + Arrays.stream(TaskState.values()).map(TaskState::label)
                                .collect(Collectors.joining(", "))));
    }

    private static String cursor(Conversation last) {
        var json = JsonMapper.shared().createArrayNode().add(last.createdAt().toString()).add(last.owner()).add(last
                .id());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Conversation conversation(String cursor) {
        try {
            var json = JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(cursor));
            return new Conversation(json.path(1).asString(), json.path(2).asString(), Instant.parse(json.path(0)
                    .asString()), 0, 0, Optional.empty());
        } catch (RuntimeException e) {
            throw new InvalidInputException("agent-filter-invalid", "cursor", "is no cursor of this list",
                    "pass next of the page before");
        }
    }
}
