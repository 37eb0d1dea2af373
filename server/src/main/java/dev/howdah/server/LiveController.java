package dev.howdah.server;

import dev.howdah.postgres.Notifications.Subscription;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells what kinds of things changed, in whatever process, so that a console reads again what is on its screen and nothing else. It
 * asks the database nothing by itself, however many look.
 */
@RestController
@Tag(name = "Events")
final class LiveController implements ApplicationListener<ContextClosedEvent> {
    /** Tables by what they are to those who look. Tables of upkeep and statistics are in none of them. */
    static final Map<String, List<String>> TABLES = Map.ofEntries(
            Map.entry("tasks", List.of("tasks", "claims", "task_history", "task_attempts", "task_log")),
            Map.entry("queues", List.of("queues", "lanes", "partitions")),
            Map.entry("schedules", List.of("schedules")),
            Map.entry("workers", List.of("workers")),
            Map.entry("workflows", List.of("workflow_definitions")),
            Map.entry("executions", List.of("workflow_executions", "node_states", "execution_events",
                    "execution_signals", "artifacts")),
            Map.entry("agents", List.of("agent_contexts", "agent_tasks", "agent_events", "remote_tasks",
                    "skill_executions")),
            Map.entry("deliveries", List.of("push_configs", "push_deliveries", "push_endpoints")),
            Map.entry("models", List.of("model_calls", "model_cards", "model_card_versions")),
            Map.entry("triage", List.of("repositories", "repository_relationships", "triage_results_cache", "actions")),
            Map.entry("knowledge", List.of("repositories", "patterns", "technical_decisions", "reusable_components",
                    "lessons_learned", "runtime_issues", "analysis_history", "knowledge_imports",
                    "search_collections")),
            Map.entry("caches", List.of("caches", "cache_entries", "cache_entries_unlogged")),
            Map.entry("sessions", List.of("sessions")),
            Map.entry("documents", List.of("documents", "document_collections", "document_indexes",
                    "document_searches")),
            Map.entry("imports", List.of("imports")),
            Map.entry("backups", List.of("backups", "drills")));
    private static final Map<String, List<String>> TOPICS = topicsByTable();
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    /** Sets of tables that a client may be behind; more are told together. */
    private static final int BEHIND_MAX = 100;

    private final Howdah howdah;
    private final Set<Thread> streams = ConcurrentHashMap.newKeySet();

    LiveController(Howdah howdah) {
        this.howdah = howdah;
    }

    @GetMapping("/api/live")
    @Operation(summary = "Server-sent events that name what kinds of things changed: tasks, queues, executions and so on. "
            + "Nothing is said about changes of before the stream began, so look first when it has")
    void stream(HttpServletResponse response) throws IOException {
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // proxies would gather what is to arrive at once
        var thread = Thread.currentThread();
        streams.add(thread);
        var changed = new LinkedBlockingQueue<Set<String>>(BEHIND_MAX);
        try (Subscription _ = howdah.database().changes().watch(changed::offer)) {
            follow(changed, response.getOutputStream());
        } catch (InterruptedException e) {
            // The server ends; the client comes again, here or elsewhere.
        } finally {
            streams.remove(thread);
        }
    }

    private static void follow(LinkedBlockingQueue<Set<String>> changed, OutputStream out)
            throws IOException, InterruptedException {
        write(out, ": live\n\n");
        while (true) {
            var tables = changed.poll(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
            if (tables == null) {
                write(out, ": heartbeat\n\n");
                continue;
            }
            var topics = topicsOf(tables);
            for (var more = changed.poll(); more != null; more = changed.poll()) {
                topics.addAll(topicsOf(more));
            }
            if (!topics.isEmpty()) {
                write(out, "event: changed\ndata: " + EventsController.JSON.writeValueAsString(Map.of("topics", topics))
                        + "\n\n");
            }
        }
    }

    private static Set<String> topicsOf(Set<String> tables) {
        var topics = new TreeSet<String>();
        tables.forEach(table -> topics.addAll(TOPICS.getOrDefault(table, List.of())));
        return topics;
    }

    private static Map<String, List<String>> topicsByTable() {
        var byTable = new HashMap<String, List<String>>();
        TABLES.forEach((topic, tables) -> tables.forEach(table -> byTable.computeIfAbsent(table,
                name -> new ArrayList<>()).add(topic)));
        return Map.copyOf(byTable);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Streams would hold up the end of the server until its limit. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        streams.forEach(Thread::interrupt);
    }
}
