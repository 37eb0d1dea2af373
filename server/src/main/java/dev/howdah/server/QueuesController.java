package dev.howdah.server;

import dev.howdah.queue.QueueLimits;
import dev.howdah.queue.Queues;
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
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Queues")
final class QueuesController {
    private final Queues queues;

    QueuesController(Queues queues) {
        this.queues = queues;
    }

    record LimitsInput(@Nullable Integer concurrency, @Nullable Double rate, @Nullable Integer burst) {}

    record QueueView(String name, @Nullable Instant pausedAt, @Nullable Integer concurrency, @Nullable Double rate,
            @Nullable Integer burst, long queued, long started, @Nullable Long oldestWaitMs) {
        static QueueView of(Queues.Queue queue) {
            return new QueueView(queue.name(), queue.pausedAt().orElse(null), queue.limits().concurrency().orElse(null),
                    queue.limits().rate().orElse(null), queue.limits().burst().orElse(null), queue.queued(),
                    queue.started(), queue.oldestWait().map(Duration::toMillis).orElse(null));
        }
    }

    @GetMapping("/api/queues")
    @Operation(summary = "All queues: depth, oldest wait, limits, whether paused")
    Map<String, List<QueueView>> list() {
        return Map.of("items", queues.list().stream().map(QueueView::of).toList());
    }

    @GetMapping("/api/queues/{name}")
    @Operation(summary = "One queue")
    QueueView get(@PathVariable String name) {
        return QueueView.of(queues.get(name));
    }

    @PutMapping("/api/queues/{name}")
    @Operation(summary = "Sets the limits of a queue; a limit that is left out is lifted")
    QueueView limit(@PathVariable String name, @RequestBody LimitsInput input) {
        return QueueView.of(queues.limit(name, new QueueLimits(Optional.ofNullable(input.concurrency),
                Optional.ofNullable(input.rate), Optional.ofNullable(input.burst))));
    }

    @PostMapping("/api/queues/{name}/pause")
    @Operation(summary = "Claims nothing from the queue until it is resumed; what runs goes on")
    QueueView pause(@PathVariable String name) {
        return QueueView.of(queues.pause(name));
    }

    @PostMapping("/api/queues/{name}/resume")
    @Operation(summary = "Lets tasks of the queue be claimed again")
    QueueView resume(@PathVariable String name) {
        return QueueView.of(queues.resume(name));
    }
}
