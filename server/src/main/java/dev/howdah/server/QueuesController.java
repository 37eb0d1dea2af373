package dev.howdah.server;

import dev.howdah.queue.QueueLimits;
import dev.howdah.queue.QueueOptions;
import dev.howdah.queue.QueueStorage;
import dev.howdah.queue.Queues;
import dev.howdah.queue.TaskRates;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Queues")
final class QueuesController {
    private final Queues queues;
    private final TaskRates rates;
    private final Howdah howdah;

    QueuesController(Queues queues, TaskRates rates, Howdah howdah) {
        this.queues = queues;
        this.rates = rates;
        this.howdah = howdah;
    }

    /**
     * What holds for a queue; what is left out does not hold.
     *
     * @param ageing a duration such as {@code 5m}
     * @param durable true if absent
     */
    record QueueOptionsInput(@Nullable Integer concurrency, @Nullable Double rate, @Nullable Integer burst,
            @Nullable Integer partitionConcurrency, @Nullable Double partitionRate, @Nullable Integer partitionBurst,
            @Nullable String ageing, @Nullable Boolean durable) {
        QueueOptions toOptions() {
            return new QueueOptions(limits(concurrency, rate, burst),
                    limits(partitionConcurrency, partitionRate, partitionBurst), TaskInput.duration("ageing", ageing),
                    !Boolean.FALSE.equals(durable));
        }

        private static QueueLimits limits(@Nullable Integer concurrency, @Nullable Double rate,
                @Nullable Integer burst) {
            return new QueueLimits(Optional.ofNullable(concurrency), Optional.ofNullable(rate),
                    Optional.ofNullable(burst));
        }
    }

    record QueueView(String name, @Nullable Instant pausedAt, @Nullable Instant drainingAt,
            @Nullable Integer concurrency, @Nullable Double rate, @Nullable Integer burst,
            @Nullable Integer partitionConcurrency, @Nullable Double partitionRate, @Nullable Integer partitionBurst,
            @Nullable Long ageingMs, boolean durable, long queued, long started, @Nullable Long oldestWaitMs) {
        static QueueView of(Queues.Queue queue) {
            var limits = queue.options().limits();
            var partition = queue.options().partitionLimits();
            return new QueueView(queue.name(), queue.pausedAt().orElse(null), queue.drainingAt().orElse(null),
                    limits.concurrency().orElse(null), limits.rate().orElse(null), limits.burst().orElse(null),
                    partition.concurrency().orElse(null), partition.rate().orElse(null), partition.burst().orElse(null),
                    queue.options().ageing().map(Duration::toMillis).orElse(null), queue.options().durable(),
                    queue.queued(),
                    queue.started(), queue.oldestWait().map(Duration::toMillis).orElse(null));
        }
    }

    @GetMapping("/api/queues")
    @Operation(summary = "All queues: depth, oldest wait, limits, whether paused")
    Map<String, List<QueueView>> list() {
        return Map.of("items", queues.list().stream().map(QueueView::of).toList());
    }

    record MinuteView(Instant minute, long finished, long failed, long retried, @Nullable Long waitMs,
            @Nullable Long runMs, long runMaxMs) {
        static MinuteView of(TaskRates.Minute minute) {
            return new MinuteView(minute.at(), minute.finished(), minute.failed(), minute.retried(),
                    minute.waited().map(Duration::toMillis).orElse(null),
                    minute.ran().map(Duration::toMillis).orElse(null), minute.runMax().toMillis());
        }
    }

    @GetMapping("/api/statistics/minutes")
    @Operation(summary = "Throughput, failures and latency of the last minutes in which something ended, oldest first")
    Map<String, List<MinuteView>> minutes(@RequestParam(defaultValue = "60") int minutes,
            @RequestParam(required = false) Optional<String> queue) {
        return Map.of("items", rates.last(minutes, queue.filter(name -> !name.isBlank())).stream().map(MinuteView::of)
                .toList());
    }

    record StorageView(long liveRows, long deadRows, long tableBytes, long indexBytes, long historyBytes,
            long oldestSnapshotMs, @Nullable String holder) {
        static StorageView of(QueueStorage storage) {
            return new StorageView(storage.liveRows(), storage.deadRows(), storage.tableBytes(), storage.indexBytes(),
                    storage.historyBytes(), storage.oldestSnapshot().toMillis(), storage.holder().orElse(null));
        }
    }

    @GetMapping("/api/statistics/storage")
    @Operation(summary = "What tasks take on disk, dead rows, and which transaction keeps them from being removed")
    StorageView storage() {
        return StorageView.of(howdah.storage());
    }

    @GetMapping("/api/queues/{name}")
    @Operation(summary = "One queue")
    QueueView get(@PathVariable String name) {
        return QueueView.of(queues.get(name));
    }

    @PutMapping("/api/queues/{name}")
    @Operation(summary = "Sets limits, ageing and durability of a queue, or of all (*); what is left out is lifted")
    QueueView set(@PathVariable String name, @RequestBody QueueOptionsInput input) {
        return QueueView.of(queues.set(name, input.toOptions()));
    }

    @PostMapping("/api/queues/{name}/drain")
    @Operation(summary = "Takes no new tasks until it is resumed; what is in it runs")
    QueueView drain(@PathVariable String name) {
        return QueueView.of(queues.drain(name));
    }

    @PostMapping("/api/queues/{name}/pause")
    @Operation(summary = "Claims nothing from the queue until it is resumed; what runs goes on")
    QueueView pause(@PathVariable String name) {
        return QueueView.of(queues.pause(name));
    }

    @PostMapping("/api/queues/{name}/resume")
    @Operation(summary = "Lets tasks of the queue be enqueued and claimed again")
    QueueView resume(@PathVariable String name) {
        return QueueView.of(queues.resume(name));
    }
}
