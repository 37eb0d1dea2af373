package dev.howdah.agent.grpc;

import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aOperations;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.PushConfigPage;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskPage;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStatus;
import dev.howdah.agent.a2a.TaskStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Operations whose answers a test decides: the durable ones have their own tests, here it is what gRPC makes of them. */
final class FakeAgent implements A2aOperations {
    static final Instant NOW = Instant.parse("2026-11-21T10:00:00.120Z");

    final List<Caller> callers = new CopyOnWriteArrayList<>();
    final List<SendMessageRequest> sent = new CopyOnWriteArrayList<>();
    final Map<String, PushConfig> configs = new ConcurrentHashMap<>();
    final BlockingQueue<StreamItem> events = new LinkedBlockingQueue<>();
    final AtomicInteger told = new AtomicInteger();
    final CountDownLatch opened = new CountDownLatch(1);
    final CountDownLatch closed = new CountDownLatch(1);
    Supplier<StreamItem> answer = () -> task("t1", TaskState.COMPLETED);
    Optional<RuntimeException> fault = Optional.empty();

    static Task task(String id, TaskState state) {
        return new Task(id, "c1", new TaskStatus(state, Optional.empty(), NOW), List.of(), List.of(),
                Optional.empty());
    }

    static StatusUpdate update(TaskState state) {
        return new StatusUpdate("t1", "c1", new TaskStatus(state, Optional.empty(), NOW), Optional.empty());
    }

    @Override
    public StreamItem send(Caller caller, SendMessageRequest request) throws InterruptedException {
        called(caller);
        sent.add(request);
        if (request.message().text().equals("wait")) {
            opened.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                closed.countDown();
            }
        }
        return answer.get();
    }

    @Override
    public TaskStream stream(Caller caller, SendMessageRequest request) {
        called(caller);
        sent.add(request);
        return new Events();
    }

    @Override
    public TaskStream subscribe(Caller caller, String taskId) {
        called(caller);
        return new Events();
    }

    @Override
    public Task get(Caller caller, GetTaskRequest request) {
        called(caller);
        if (!request.id().equals("t1")) {
            throw A2aException.taskNotFound(request.id());
        }
        return task("t1", TaskState.WORKING);
    }

    @Override
    public TaskPage list(Caller caller, ListTasksRequest request) {
        called(caller);
        return new TaskPage(List.of(), "", request.pageSize(), 0);
    }

    @Override
    public Task cancel(Caller caller, String taskId) {
        called(caller);
        return task(taskId, TaskState.CANCELED);
    }

    @Override
    public PushConfig createPushConfig(Caller caller, PushConfig config) {
        called(caller);
        configs.put(config.id(), config);
        return config;
    }

    @Override
    public PushConfig getPushConfig(Caller caller, String taskId, String id) {
        called(caller);
        return Optional.ofNullable(configs.get(id)).orElseThrow(() -> A2aException.taskNotFound(taskId));
    }

    @Override
    public PushConfigPage listPushConfigs(Caller caller, String taskId, int pageSize, String pageToken) {
        called(caller);
        return new PushConfigPage(new ArrayList<>(configs.values()), "");
    }

    @Override
    public void deletePushConfig(Caller caller, String taskId, String id) {
        called(caller);
        configs.remove(id);
    }

    private void called(Caller caller) {
        callers.add(caller);
        fault.ifPresent(e -> {
            throw e;
        });
    }

    /** Hands out what is put into {@link #events}, until a terminal state. */
    private final class Events implements TaskStream {
        private boolean over;

        Events() {
            opened.countDown();
        }

        @Override
        public Optional<Element> next(Duration limit) throws InterruptedException {
            var item = Optional.ofNullable(events.poll(limit.toMillis(), TimeUnit.MILLISECONDS));
            item.ifPresent(
                    given -> over = given instanceof StatusUpdate update && update.status().state().isTerminal());
            return item.map(given -> new Element(OptionalLong.of(told.incrementAndGet()), given));
        }

        @Override
        public boolean isOver() {
            return over;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }
}
