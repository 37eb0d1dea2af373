package dev.howdah.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Calls by some threads at once. */
final class Load {
    private static final int WARM_UPS_MAX = 10;
    private static final double FASTER = 1.03;

    private Load() {}

    /** Calls once for each number below the count. */
    static void each(int threads, int count, IntConsumer call) {
        inThreads(threads, thread -> () -> {
            for (int i = thread; i < count; i += threads) {
                call.accept(i);
            }
            return 0L;
        });
    }

    /** Calls with random numbers below the bound for that long; calls per second. */
    static double rate(int threads, int bound, Duration time, IntConsumer call) {
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        long calls = inThreads(threads, thread -> () -> {
            long made = 0;
            while (System.nanoTime() < end) {
                call.accept(ThreadLocalRandom.current().nextInt(bound));
                made++;
            }
            return made;
        });
        return calls * 1e9 / (System.nanoTime() - begin);
    }

    /** {@link #rate} of what is compiled already. */
    static double steadyRate(int threads, int bound, Duration time, IntConsumer call) {
        warmUp(() -> rate(threads, bound, time, call));
        return rate(threads, bound, time, call);
    }

    /**
     * Measures so long until it has not become faster twice. With few processors the virtual machine compiles for half a minute
     * beside the calls, and longest for who has the most code.
     */
    static void warmUp(DoubleSupplier rate) {
        double best = 0;
        int same = 0;
        for (int i = 0; i < WARM_UPS_MAX && same < 2; i++) {
            double measured = rate.getAsDouble();
            same = measured > FASTER * best ? 0 : same + 1;
            best = Math.max(best, measured);
        }
    }

    private static long inThreads(int threads, IntFunction<Callable<Long>> work) {
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var futures = IntStream.range(0, threads).mapToObj(work).map(pool::submit).toList();
            long sum = 0;
            for (var future : futures) {
                sum += result(future);
            }
            return sum;
        }
    }

    private static long result(Future<Long> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The value that this share of the values does not exceed. */
    static double percentile(double[] values, double share) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))];
    }
}
