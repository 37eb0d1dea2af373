package dev.howdah.server;

import dev.howdah.agent.mcp.McpServer;
import dev.howdah.agent.mcp.McpServer.Answer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.springframework.http.MediaType;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers one request: with JSON if nothing is to be told before the result and it comes soon, else with a stream of
 * events. Work and writing are two threads, because only who writes notices that the client has gone; then the work is
 * interrupted.
 */
final class McpStream implements McpServer.Sender {
    /** How long an answer may take before a stream is begun. */
    private static final Duration SOON = Duration.ofMillis(500);
    /** How often a stream is probed: so long may it take to notice that a client has gone. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    /** Messages ahead of a client; whoever makes more waits. */
    private static final int AHEAD_MAX = 100;
    private static final AtomicInteger UNDER_WAY = new AtomicInteger();

    private final HttpServletResponse response;
    private final boolean acceptsStream;
    private final BlockingQueue<Message> messages = new ArrayBlockingQueue<>(AHEAD_MAX);
    private volatile boolean isOver;

    /** What is to be sent; the answer is the last one. */
    private record Message(ObjectNode json, Optional<Answer> answer) {}

    McpStream(HttpServletRequest request, HttpServletResponse response) {
        this.response = response;
        var accept = Collections.list(request.getHeaders("Accept")).toString();
        this.acceptsStream = accept.equals("[]") || accept.contains("*/*") || accept.contains("text/event-stream");
    }

    /** Does the work and answers. */
    void run(Function<McpServer.Sender, Answer> work) throws IOException {
        var worker = Thread.ofVirtual().name("howdah-mcp").start(() -> work(work));
        try {
            write();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server ends
        } finally {
            isOver = true;
            worker.interrupt();
        }
    }

    private void work(Function<McpServer.Sender, Answer> work) {
        UNDER_WAY.incrementAndGet();
        try {
            var answer = work.apply(this);
            put(new Message(answer.message(), Optional.of(answer)));
        } finally {
            UNDER_WAY.decrementAndGet();
        }
    }

    /** Requests that this process works on. */
    static int underWay() {
        return UNDER_WAY.get();
    }

    private void write() throws IOException, InterruptedException {
        var first = acceptsStream ? messages.poll(SOON.toMillis(), TimeUnit.MILLISECONDS) : answer();
        if (first != null && first.answer().isPresent()) {
            write(response, first.answer().get());
            return;
        }
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // proxies would gather what is to arrive at once
        var out = response.getOutputStream();
        var next = first;
        while (true) {
            write(out, next == null ? ":\n\n" : "data: " + next.json() + "\n\n");
            if (next != null && next.answer().isPresent()) {
                return;
            }
            next = messages.poll(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private Message answer() throws InterruptedException {
        var message = messages.take();
        while (message.answer().isEmpty()) {
            message = messages.take();
        }
        return message;
    }

    @Override
    public void send(ObjectNode message) {
        put(new Message(message, Optional.empty()));
    }

    private void put(Message message) {
        try {
            messages.put(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody reads it
        }
    }

    @Override
    public boolean isCancelled() {
        return isOver;
    }

    /** Answers with JSON. */
    static void write(HttpServletResponse response, Answer answer) throws IOException {
        response.setStatus(answer.status());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(answer.message().toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
