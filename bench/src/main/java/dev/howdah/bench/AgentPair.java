package dev.howdah.bench;

import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.SendMessageRequest.Configuration;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.agent.task.AgentOutcome;
import dev.howdah.agent.task.AgentRun;
import dev.howdah.postgres.DatabaseSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Two instances on one database, each with a pool and a listener of its own: one runs tasks, the other follows them. */
final class AgentPair implements AutoCloseable {
    private static final Caller CALLER = Caller.of("bench");
    private static final int TASKS = 20;
    private static final int EVENTS_PER_SECOND = 200;
    private static final long GAP_MILLIS = 1000L * TASKS / EVENTS_PER_SECOND;
    private static final Duration EVENT_LIMIT = Duration.ofSeconds(30);

    private final OpenedAgents here;
    private final OpenedAgents there;
    /** Opened once all streams are; runs wait for it. */
    private volatile CountDownLatch followed = new CountDownLatch(1);

    AgentPair(DatabaseSettings settings) {
        here = new OpenedAgents(settings, this::run);
        there = new OpenedAgents(settings, this::run);
        here.startWorker();
    }

    /** Milliseconds that each event of so many seconds took to come to the other instance. */
    double[] delays(int seconds) {
        followed = new CountDownLatch(1);
        int events = seconds * EVENTS_PER_SECOND / TASKS;
        var millis = new ConcurrentLinkedQueue<Double>();
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var ends = IntStream.range(0, TASKS).mapToObj(i -> there.tasks().subscribe(CALLER, begin(events)))
                    .map(stream -> readers.submit(() -> {
                        read(stream, millis);
                        return true;
                    })).toList();
            followed.countDown();
            for (var end : ends) {
                end.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        if (millis.size() != events * TASKS) {
            throw new IllegalStateException(events * TASKS + " events were written, and " + millis.size() + " arrived");
        }
        return millis.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private String begin(int events) {
        var request = new SendMessageRequest(Message.ofUser(List.of(Part.text(Integer.toString(events)))),
                new Configuration(List.of(), Optional.empty(), OptionalInt.empty(), true), Optional.empty());
        try {
            return here.tasks().send(CALLER, request) instanceof Task task ? task.id() : "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tells as often as it was asked to, and when. */
    private AgentOutcome run(AgentRun run) throws InterruptedException {
        int events = Integer.parseInt(run.message().text());
        followed.await();
        for (int i = 0; i < events; i++) {
            Thread.sleep(ThreadLocalRandom.current().nextLong(2 * GAP_MILLIS));
            run.status(TaskState.WORKING, Optional.of(Message.ofAgent(Long.toString(System.nanoTime()))));
        }
        return AgentOutcome.completed();
    }

    private static void read(TaskStream stream, ConcurrentLinkedQueue<Double> millis) throws InterruptedException {
        try (stream) {
            while (!stream.isOver()) {
                stream.next(EVENT_LIMIT).ifPresent(element -> writtenAt(element.item()).ifPresent(
                        nanos -> millis.add((System.nanoTime() - nanos) / 1e6)));
            }
        }
    }

    private static Optional<Long> writtenAt(StreamItem item) {
        return item instanceof StatusUpdate update
                ? update.status().message().map(message -> Long.parseLong(message.text()))
                : Optional.empty();
    }

    @Override
    public void close() {
        here.close();
        there.close();
    }
}
