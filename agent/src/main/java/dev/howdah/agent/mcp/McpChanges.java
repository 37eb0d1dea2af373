package dev.howdah.agent.mcp;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import dev.howdah.postgres.LimitExceededException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who listens what has changed: lists, resources by address, tasks by id. One look for all who listen, once per interval and
 * whenever somebody says that something may have changed; it compares versions, so it does not matter which instance
 * changed them, and nothing is looked at while nobody listens. Thread-safe.
 */
public final class McpChanges implements AutoCloseable {
    /** Those who listen in one process. */
    public static final int LISTENERS_MAX = 2000;
    /** Resources and tasks that one listener watches. */
    public static final int WATCHED_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(McpChanges.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    /** Changes that one listener may be behind; beyond, it is cut off and comes again. */
    private static final int BEHIND_MAX = 1000;

    private final McpFeatures features;
    private final Function<Collection<String>, Map<String, String>> tasks;
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final Semaphore hints = new Semaphore(0);
    private @Nullable Thread watcher;
    private boolean closed;

    /**
     * What changes of this.
     *
     * @param tasks what changes when one of these tasks changes, by id
     */
    public McpChanges(McpFeatures features, Function<Collection<String>, Map<String, String>> tasks) {
        this.features = features;
        this.tasks = tasks;
    }

    /** What can change, besides single resources. */
    public enum Kind {
        TOOLS("toolsListChanged", "notifications/tools/list_changed"), PROMPTS("promptsListChanged",
                "notifications/prompts/list_changed"), RESOURCES("resourcesListChanged",
                        "notifications/resources/list_changed");

        private final String filter;
        private final String method;

        Kind(String filter, String method) {
            this.filter = filter;
            this.method = method;
        }

        /** Its name among what a client wants to hear of. */
        String filter() {
            return filter;
        }
    }

    /**
     * Something that has changed.
     *
     * @param method the notification that says so
     * @param subject the address of the resource, or the id of the task; absent for a list
     */
    public record Change(String method, Optional<String> subject) {
        static final String UPDATED = "notifications/resources/updated";
        static final String TASK = "notifications/tasks";
    }

    /**
     * Begins to listen; changes after this call are told.
     *
     * @param uris addresses of resources
     * @param taskIds of tasks that the listener may see
     * @throws LimitExceededException if too many listen, or one wants to watch too much
     */
    public Listener listen(Set<Kind> lists, Collection<String> uris, Collection<String> taskIds) {
        int watched = uris.size() + taskIds.size();
        if (watched > WATCHED_MAX || listeners.size() >= LISTENERS_MAX) {
            throw new LimitExceededException("mcp-subscriptions-too-many", watched + " resources and tasks for one of "
                    + listeners.size() + " listeners", "watch at most " + WATCHED_MAX + ", or ask another instance");
        }
        var listener = new Listener(Set.copyOf(lists), Set.copyOf(uris), Set.copyOf(taskIds));
        listener.compare(versions(List.of(listener)));
        listeners.add(listener);
        start();
        return listener;
    }

    /** Says that something may have changed. */
    public void look() {
        hints.release();
    }

    /** Ends all listening. */
    @Override
    public synchronized void close() {
        closed = true;
        if (watcher != null) {
            watcher.interrupt();
        }
        listeners.forEach(Listener::close);
    }

    private synchronized void start() {
        if (watcher == null && !closed) {
            watcher = Thread.ofVirtual().name("howdah-mcp-changes").start(this::watch);
        }
    }

    private void watch() {
        while (true) {
            try {
                if (hints.tryAcquire(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                    hints.drainPermits();
                }
                var present = List.copyOf(listeners);
                var versions = versions(present);
                present.forEach(listener -> listener.compare(versions));
            } catch (InterruptedException e) {
                return; // closed
            } catch (RuntimeException e) {
                LOG.warn("Changes are looked for again later: {}", e.getMessage());
            }
        }
    }

    /** By list or address, and only what somebody wants to hear of. */
    private Map<String, String> versions(Collection<Listener> present) {
        var versions = new HashMap<String, String>();
        var wanted = present.stream().flatMap(listener -> listener.lists.stream()).collect(Collectors.toSet());
        wanted.forEach(kind -> versions.put(kind.method, switch (kind) {
            case TOOLS -> features.sortedTools().stream().map(McpTool::toJson).toList().toString();
            case PROMPTS -> features.sortedPrompts().stream().map(McpPrompt::toJson).toList().toString();
            case RESOURCES -> features.resources().stream().map(McpResources::listVersion).toList().toString();
        }));
        var uris = present.stream().flatMap(listener -> listener.uris.stream()).collect(Collectors.toSet());
        if (!uris.isEmpty()) {
            features.resources().forEach(kind -> versions.putAll(kind.versions(uris)));
        }
        var ids = present.stream().flatMap(listener -> listener.taskIds.stream()).collect(Collectors.toSet());
        if (!ids.isEmpty()) {
            versions.putAll(tasks.apply(ids));
        }
        return versions;
    }

    /** One who listens. */
    public final class Listener implements AutoCloseable {
        private static final Change END = new Change("", Optional.empty());

        private final Set<Kind> lists;
        private final Set<String> uris;
        private final Set<String> taskIds;
        private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>(BEHIND_MAX);
        private @Nullable Map<String, String> known;

        private Listener(Set<Kind> lists, Set<String> uris, Set<String> taskIds) {
            this.lists = lists;
            this.uris = uris;
            this.taskIds = taskIds;
        }

        /**
         * Waits for the next change.
         *
         * @return absent when listening has ended
         */
        public Optional<Change> next() throws InterruptedException {
            var change = changes.take();
            return change.equals(END) ? Optional.empty() : Optional.of(change);
        }

        private synchronized void compare(Map<String, String> versions) {
            var now = new TreeMap<String, String>();
            lists.forEach(kind -> now.put(kind.method, versions.getOrDefault(kind.method, "")));
            uris.forEach(uri -> now.put(uri, versions.getOrDefault(uri, "")));
            taskIds.forEach(id -> now.put(id, versions.getOrDefault(id, "")));
            var before = known;
            known = now;
            if (before != null) {
                now.forEach((key, version) -> {
                    if (!version.equals(before.get(key))) {
                        tell(change(key));
                    }
                });
            }
        }

        private Change change(String key) {
            if (taskIds.contains(key)) {
                return new Change(Change.TASK, Optional.of(key));
            }
            return uris.contains(key)
                    ? new Change(Change.UPDATED, Optional.of(key))
                    : new Change(key, Optional.empty());
        }

        private void tell(Change change) {
            if (!changes.offer(change)) {
                close();
            }
        }

        /** Ends listening; who waits is told. */
        @Override
        public void close() {
            listeners.remove(this);
            if (!changes.offer(END)) {
                changes.clear();
                changes.offer(END);
            }
        }
    }
}
