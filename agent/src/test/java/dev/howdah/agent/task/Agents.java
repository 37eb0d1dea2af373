package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An agent with its tasks, its queue and its worker; several of them over one database are several processes. */
final class Agents implements AutoCloseable {
    static final Caller ADA = Caller.of("ada");
    static final Duration LONG = Duration.ofSeconds(20);

    final Database database;
    final PostgresTaskQueue queue;
    final AgentTasks tasks;
    private final Worker worker;

    Agents(Database database, Agent agent) {
        this(database, agent, TaskSettings.defaults());
    }

    Agents(Database database, Agent agent, TaskSettings settings) {
        this.database = database;
        this.queue = new PostgresTaskQueue(database, QueueSettings.defaults());
        this.tasks = new AgentTasks(database, queue, agent, settings, Optional.empty());
        this.worker = new Worker(queue, QueueSettings.defaults(), tasks.handlers());
    }

    static Database database() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "agent")).up();
        return database;
    }

    Agents working() {
        worker.start();
        return this;
    }

    /** As if the process were gone: its handlers are interrupted, and nothing is given back. */
    void stop() {
        worker.stop(Duration.ZERO);
    }

    static SendMessageRequest saying(String text) {
        return SendMessageRequest.of(Message.ofUser(List.of(Part.text(text))));
    }

    static SendMessageRequest notWaiting(SendMessageRequest request) {
        var configuration = request.configuration();
        return new SendMessageRequest(request.message(), new SendMessageRequest.Configuration(
                configuration.acceptedOutputModes(), configuration.push(), configuration.historyLength(), true),
                request.metadata());
    }

    static SendMessageRequest answering(Task task, String text) {
        var message = Message.ofUser(List.of(Part.text(text)));
        return SendMessageRequest.of(new Message(message.messageId(), Optional.empty(), Optional.of(task.id()),
                message.role(), message.parts(), Optional.empty(), List.of(), List.of()));
    }

    /** Everything up to the end of the stream. */
    static List<TaskStream.Element> drain(TaskStream stream) throws InterruptedException {
        var elements = new ArrayList<TaskStream.Element>();
        try (stream) {
            while (!stream.isOver()) {
                elements.add(stream.next(LONG).orElseThrow());
            }
        }
        return elements;
    }

    @Override
    public void close() {
        tasks.close();
        worker.stop(Duration.ZERO);
        database.close();
    }
}
