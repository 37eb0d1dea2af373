package dev.howdah.bench;

import java.util.concurrent.atomic.AtomicLong;

/** Requests of A2A's JSON-RPC binding, each with a message of its own. */
final class A2aRequests {
    /** The agent of the public kit acts by how the message's id begins. */
    private static final String ASKING = "tck-input-required-";
    private static final String ENDING = "bench-";
    private static final AtomicLong NUMBER = new AtomicLong();

    private A2aRequests() {}

    /** Sends a message and waits for the end of its task. */
    static String send() {
        return call("SendMessage", message(ENDING, "") + "}");
    }

    /** Sends a message and does not wait. */
    static String sendWithoutWaiting() {
        return call("SendMessage", message(ENDING, "") + ",\"configuration\":{\"returnImmediately\":true}}");
    }

    /** Sends a message and follows its task. */
    static String stream() {
        return call("SendStreamingMessage", message(ENDING, "") + "}");
    }

    /** Begins a task that waits for a further message. */
    static String beginWaiting() {
        return call("SendMessage", message(ASKING, "") + "}");
    }

    /** Ends a task that waits. */
    static String end(String task) {
        return call("SendMessage", message(ENDING, ",\"taskId\":\"" + task + "\"") + "}");
    }

    static String subscribe(String task) {
        return call("SubscribeToTask", "{\"id\":\"" + task + "\"}");
    }

    static String get(String task) {
        return call("GetTask", "{\"id\":\"" + task + "\"}");
    }

    private static String message(String idPrefix, String more) {
        return "{\"message\":{\"messageId\":\"" + idPrefix + NUMBER.incrementAndGet() + "\",\"role\":\"ROLE_USER\","
                + "\"parts\":[{\"text\":\"Hello\"}]" + more + "}";
    }

    private static String call(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}";
    }
}
