package dev.howdah.bench;

import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** A peer in another process, which measures inside itself: a script of {@code src/main/node}, or ours in a second JVM. */
record ProcessPeer(String name, LineProcess process) implements QueuePeer {
    @Override
    public double enqueueMany(int count) {
        return seconds("enqueue-many " + count);
    }

    @Override
    public double enqueueOne(int count, int callers) {
        return seconds("enqueue-one " + count + " " + callers);
    }

    @Override
    public double drain(int count) {
        return seconds("drain " + count);
    }

    @Override
    public double[] pickUp(int count) {
        return StreamSupport.stream(process.ask("pick-up " + count).get("millis").spliterator(), false)
                .mapToDouble(JsonNode::doubleValue).toArray();
    }

    @Override
    public long[] produce(int count) {
        return nanos("produce " + count);
    }

    @Override
    public void listen() {
        process.ask("listen");
    }

    @Override
    public long[] begun() {
        return nanos("begun");
    }

    @Override
    public void close() {
        process.close();
    }

    private double seconds(String command) {
        return process.ask(command).get("seconds").doubleValue();
    }

    private long[] nanos(String command) {
        return StreamSupport.stream(process.ask(command).get("nanos").spliterator(), false)
                .flatMapToLong(node -> LongStream.of(node.longValue())).toArray();
    }
}
