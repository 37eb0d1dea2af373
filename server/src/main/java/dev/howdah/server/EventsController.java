package dev.howdah.server;

import dev.howdah.workflow.Execution;
import dev.howdah.workflow.ExecutionEvent;
import dev.howdah.workflow.ExecutionEvents;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.server.WorkflowViews.EventView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** What happened in executions: by pages, and as it happens. Any instance serves any execution. */
@RestController
@Tag(name = "Events")
final class EventsController implements ApplicationListener<ContextClosedEvent> {
    /** As the rest of the API writes. */
    static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    /** Events that are read ahead of a client. */
    private static final int AHEAD_MAX = 100;

    private final Howdah howdah;
    private final Set<Thread> streams = ConcurrentHashMap.newKeySet();

    EventsController(Howdah howdah) {
        this.howdah = howdah;
    }

    /**
     * A page of events; {@code next} is what to give as {@code after}, also when there are none yet. Of a page that was read
     * backwards, it is what to give as {@code before}.
     */
    record EventPage(List<EventView> items, long next) {}

    @GetMapping("/api/executions/{id}/events")
    @Operation(summary = "What happened in an execution, in the order of its sequence; pass next as after to read on. With before "
            + "(a large number for the end) backwards from there, newest first; pass next as before")
    EventPage list(@PathVariable String id, @RequestParam(defaultValue = "0") long after,
            @RequestParam Optional<Long> before, @RequestParam(defaultValue = "100") int limit) {
        var execution = find(id);
        var all = new ExecutionEvents(howdah.database());
        var events = before.map(end -> all.listBefore(execution.id(), end, limit))
                .orElseGet(() -> all.list(execution.id(), after, limit));
        return new EventPage(events.stream().map(event -> EventView.of(event, execution.workflowId())).toList(),
                events.isEmpty() ? before.orElse(after) : events.getLast().sequence());
    }

    @GetMapping("/api/executions/{id}/events/stream")
    @Operation(summary = "Server-sent events, to the end of the execution; Last-Event-ID or after resumes without a gap")
    void stream(@PathVariable String id, @RequestParam Optional<Long> after,
            @RequestHeader(name = "Last-Event-ID", required = false) Optional<String> lastEventId,
            HttpServletResponse response) throws IOException {
        var execution = find(id);
        long known = lastEventId.map(EventsController::sequence).or(() -> after).orElse(0L);
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // proxies would gather what is to arrive at once
        var thread = Thread.currentThread();
        streams.add(thread);
        try {
            stream(execution, known, response.getOutputStream());
        } catch (InterruptedException e) {
            // The server ends; the client comes again, here or elsewhere.
        } finally {
            streams.remove(thread);
        }
    }

    /** Follower and writer are two threads, because only the writer knows how long the client has heard nothing. */
    private void stream(Execution execution, long after, OutputStream out) throws IOException, InterruptedException {
        var events = new ExecutionEvents(howdah.database());
        var read = new ArrayBlockingQueue<ExecutionEvent>(AHEAD_MAX);
        write(out, ": execution " + execution.id() + "\n\n");
        long sent = after;
        try (var _ = events.follow(execution.id(), after, event -> put(read, event))) {
            boolean isLooking = true;
            while (true) {
                // At first a short look: a client that resumes behind the end is not to wait for a heartbeat.
                var event = isLooking
                        ? read.poll()
                        : read.poll(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
                isLooking = false;
                if (event != null) {
                    sent = event.sequence();
                    write(out, "id: " + sent + "\nevent: " + event.type() + "\ndata: "
                            + JSON.writeValueAsString(EventView.of(event, execution.workflowId())) + "\n\n");
                }
                if (event == null || event.isTerminal()) {
                    if (isOver(events, execution.id(), sent)) {
                        return;
                    }
                    write(out, ": heartbeat\n\n");
                }
            }
        }
    }

    private boolean isOver(ExecutionEvents events, UUID id, long sent) {
        return howdah.workflows().executions().find(id).map(found -> found.status().isEnded()).orElse(true)
                && events.list(id, sent, 1).isEmpty();
    }

    private static void put(ArrayBlockingQueue<ExecutionEvent> read, ExecutionEvent event) {
        try {
            read.put(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the follower sees it before the next event
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private Execution find(String text) {
        var id = ExecutionsController.id(text);
        return howdah.workflows().executions().find(id).orElseThrow(() -> ExecutionsController.unknown(id));
    }

    static long sequence(@Nullable String text) {
        try {
            return Long.parseLong(String.valueOf(text).strip());
        } catch (NumberFormatException e) {
            throw new InvalidInputException("events-invalid", "Last-Event-ID", "\"" + text + "\" is no number",
                    "use the id of the last event that arrived");
        }
    }

    /** Streams would hold up the end of the server until its limit. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        streams.forEach(Thread::interrupt);
    }
}
