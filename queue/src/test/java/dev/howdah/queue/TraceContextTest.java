package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import tools.jackson.databind.json.JsonMapper;

class TraceContextTest {
    private static final String HEADER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void readsAndWritesTheHeader() {
        var context = TraceContext.parse(HEADER).orElseThrow();
        assertThat(context.header()).isEqualTo(HEADER);
        assertThat(context.sampled()).isTrue();
        assertThat(TraceContext.parse(HEADER.replace("-01", "-00")).orElseThrow().sampled()).isFalse();
        assertThat(TraceContext.parse(HEADER.replaceFirst("00", "cc") + "-more")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-xx"})
    void takesAWrongHeaderForNone(String header) {
        assertThat(TraceContext.parse(header)).isEmpty();
    }

    @Test
    void goesAlongToOtherThreadsAndIntoTheLog() throws InterruptedException {
        var seen = new AtomicReference<String>();
        TraceContext.parse(HEADER).orElseThrow().call(() -> {
            assertThat(MDC.get("trace_id")).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
            var carried = CurrentTask.carry(() -> seen.set(TraceContext.current().map(TraceContext::header)
                    .orElse("none") + MDC.get("span_id")));
            Thread.ofVirtual().start(carried).join();
            return true;
        });
        assertThat(seen.get()).isEqualTo(HEADER + "00f067aa0ba902b7");
        assertThat(TraceContext.current()).isEmpty();
        assertThat(MDC.get("trace_id")).isNull();
        assertThatThrownBy(() -> new TraceContext("x", "y", true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTaskKeepsTheSampledTraceInWhichItWasMade() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue")).up();
        var queue = new PostgresTaskQueue(database, QueueSettings.from(Configuration.of(Map.of())));
        var payload = JsonMapper.shared().createObjectNode();
        var context = TraceContext.parse(HEADER).orElseThrow();
        var traced = context.call(() -> NewTask.of("a", payload));
        var unsampled = new TraceContext(context.traceId(), context.spanId(), false).call(() -> NewTask.of("b",
                payload));
        queue.enqueue(List.of(traced, unsampled, NewTask.of("c", payload), traced.withTrace(Optional.empty())));
        var claimed = queue.claim("w", Set.of("a", "b", "c"), 10, Duration.ofMinutes(1));
        assertThat(claimed).extracting(task -> task.type() + task.trace().map(TraceContext::header).orElse(""))
                .containsExactlyInAnyOrder("a" + HEADER, "a", "b", "c");
    }
}
