package dev.howdah.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Callers on connections of their own, each of which asks again as soon as it has its answer. */
final class AgentLoad {
    private static final int TIMES_FIRST = 1 << 12;

    private AgentLoad() {}

    /** What is asked on a connection; throws if the answer is not the right one. */
    @FunctionalInterface
    interface Call {
        void on(HttpConnection connection);
    }

    /**
     * What a load has come to.
     *
     * @param calls that were answered
     * @param seconds that they took together
     */
    record Outcome(int calls, double seconds, double p99Millis) {
        double rate() {
            return calls / seconds;
        }
    }

    /** For a time. */
    static Outcome run(AgentServer server, int callers, Duration time, Call call) {
        long end = System.nanoTime() + time.toNanos();
        return run(server, callers, (connection, times) -> {
            do {
                times.measure(() -> call.on(connection));
            } while (System.nanoTime() < end);
        });
    }

    /** So many calls of each caller. */
    static Outcome run(AgentServer server, int callers, int callsOfEach, Call call) {
        return run(server, callers, (connection, times) -> {
            for (int i = 0; i < callsOfEach; i++) {
                times.measure(() -> call.on(connection));
            }
        });
    }

    /** What one caller does. */
    private interface Caller {
        void run(HttpConnection connection, Times times);
    }

    /** How long calls took, in nanoseconds. */
    private static final class Times {
        private long[] nanos = new long[TIMES_FIRST];
        private int count;

        void measure(Runnable call) {
            long begin = System.nanoTime();
            call.run();
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = System.nanoTime() - begin;
        }
    }

    private static Outcome run(AgentServer server, int callers, Caller caller) {
        var futures = new ArrayList<Future<Times>>();
        long begin = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(callers)) {
            for (int i = 0; i < callers; i++) {
                futures.add(threads.submit(() -> {
                    var times = new Times();
                    try (var connection = new HttpConnection(server.port(), "/a2a")) {
                        caller.run(connection, times);
                    }
                    return times;
                }));
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        var all = futures.stream().map(AgentLoad::get)
                .flatMapToLong(times -> Arrays.stream(times.nanos, 0, times.count))
                .sorted().toArray();
        return new Outcome(all.length, seconds, all[(int) (all.length * 0.99)] / 1e6);
    }

    private static Times get(Future<Times> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
