package dev.howdah.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.howdah.agent.model.ModelCall.Failure;
import dev.howdah.agent.model.ModelCall.Outcome;
import dev.howdah.agent.model.ModelPrices.Price;
import dev.howdah.agent.modelcard.ModelCardReader;
import dev.howdah.agent.modelcard.ModelCards;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.TcpProxy;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.postgres.Uuids;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ModelCallsTest {
    private static final Duration KEPT = Duration.ofDays(90);

    private final Database database = ModelDatabase.create();
    private final ModelCalls calls = new ModelCalls(database);
    private final ModelCallLog log = new ModelCallLog(calls, KEPT);

    private static NewModelCall call(String model, String purpose, long input, long output, Optional<Price> price) {
        return new NewModelCall(Uuids.next(), System.nanoTime(), "openai", model, purpose, Optional.empty(), input,
                output, price, Duration.ofMillis(20), 1, Outcome.ANSWERED, Optional.empty());
    }

    private static NewModelCall call(String model, String purpose) {
        return call(model, purpose, 10, 5, Optional.empty());
    }

    private static NewModelCall failed(UUID task) {
        return new NewModelCall(Uuids.next(), System.nanoTime(), "openai", "tiny", "triage", Optional.of(task), 0, 0,
                Optional.empty(), Duration.ofMillis(40), 3, Outcome.FAILED,
                Optional.of(new Failure("model-overloaded", "it is")));
    }

    private void write(NewModelCall... given) {
        List.of(given).forEach(log::add);
        log.write();
    }

    @Test
    void listsTheNewestFirstByPagesAndNarrowed() {
        var task = UUID.randomUUID();
        for (int i = 0; i < 7; i++) {
            write(call("tiny", i % 2 == 0 ? "triage" : "scan"));
        }
        write(failed(task), call("large", "scan"));
        var seen = new ArrayList<ModelCall>();
        Optional<UUID> before = Optional.empty();
        for (var page = calls.list(ModelCalls.Filter.none(), before, 4); !page.isEmpty(); page = calls
                .list(ModelCalls.Filter.none(), before, 4)) {
            seen.addAll(page);
            before = Optional.of(page.getLast().id());
        }
        assertThat(seen).hasSize(9).extracting(ModelCall::id).doesNotHaveDuplicates();
        assertThat(seen).extracting(ModelCall::calledAt).isSortedAccordingTo((a, b) -> b.compareTo(a));
        assertThat(calls.list(filter(Optional.of("large"), Optional.empty(), Optional.empty()), Optional.empty(), 10))
                .hasSize(1);
        assertThat(calls.list(filter(Optional.empty(), Optional.of("scan"), Optional.empty()), Optional.empty(), 10))
                .hasSize(4);
        var failures = calls.list(filter(Optional.empty(), Optional.empty(), Optional.of(task)), Optional.empty(), 10);
        assertThat(failures).hasSize(1);
        assertThat(failures.getFirst().failure()).contains(new Failure("model-overloaded", "it is"));
        assertThat(failures.getFirst().attempts()).isEqualTo(3);
        for (int limit : List.of(0, ModelCalls.LIMIT_MAX + 1)) {
            assertThatThrownBy(() -> calls.list(ModelCalls.Filter.none(), Optional.empty(), limit))
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    private static ModelCalls.Filter filter(Optional<String> model, Optional<String> purpose, Optional<UUID> task) {
        return new ModelCalls.Filter(model, purpose, Optional.empty(), task, Optional.empty(), Optional.empty());
    }

    @Test
    void costsWhatTheSettingsSayElseWhatTheNewestCardSays() {
        var cards = new ModelCards(database);
        var card = cards.create(ModelCardReader.card(JsonMapper.shared().readTree("""
            {"name": "Described", "slug": "described", "card": {"pricing":
              {"inputPricePerToken": 0.000002, "outputPricePerToken": 3e-6, "currency": "EUR"}}}""")));
        var price = Optional.of(new Price(new BigDecimal("1.5"), new BigDecimal("6")));
        write(call("described", "a", 1_000_000, 1_000_000, Optional.empty()),
                call("described", "b", 1_000_000, 1_000_000, price), call("unknown", "c", 7, 7, Optional.empty()));
        var now = Instant.now();
        var uses = calls.usage(now.minusSeconds(60), now.plusSeconds(60), ModelUse.By.PURPOSE);
        assertThat(uses).hasSize(3);
        assertThat(uses.getFirst().costs()).containsOnlyKeys("EUR");
        assertThat(uses.getFirst().costs().get("EUR")).isEqualByComparingTo("5");
        assertThat(uses.get(1).costs().get("USD")).isEqualByComparingTo("7.5");
        assertThat(uses.getLast().costs()).isEmpty();
        assertThat(uses.getLast().unpriced()).isOne();
        var byModel = calls.usage(now.minusSeconds(60), now.plusSeconds(60), ModelUse.By.MODEL).getFirst();
        assertThat(byModel.key()).isEqualTo("openai:described");
        assertThat(byModel.calls()).isEqualTo(2);
        assertThat(byModel.costs()).containsOnlyKeys("EUR", "USD");
        cards.delete(card.id(), OptionalInt.empty());
        write(call("described", "d"));
        assertThat(calls.list(filter(Optional.empty(), Optional.of("d"), Optional.empty()), Optional.empty(), 1)
                .getFirst().cost()).isEmpty();
    }

    @Test
    void sumsUpByDayAndHourInUtc() {
        write(call("tiny", "a"), call("tiny", "a"), failed(UUID.randomUUID()));
        var ids = calls.list(ModelCalls.Filter.none(), Optional.empty(), 3).stream().map(ModelCall::id).toList();
        move(ids.get(0), "2027-01-31T22:59:59Z");
        move(ids.get(1), "2027-01-31T23:00:00Z");
        move(ids.get(2), "2027-02-01T00:00:00Z");
        var from = Instant.parse("2027-01-31T00:00:00Z");
        var to = Instant.parse("2027-02-02T00:00:00Z");
        assertThat(calls.usage(from, to, ModelUse.By.DAY)).extracting(ModelUse::key, ModelUse::calls)
                .containsExactly(tuple("2027-01-31", 2L),
                        tuple("2027-02-01", 1L));
        assertThat(calls.usage(from, to, ModelUse.By.HOUR)).extracting(ModelUse::key).containsExactly(
                "2027-01-31T22:00:00Z", "2027-01-31T23:00:00Z", "2027-02-01T00:00:00Z");
        assertThat(calls.usage(from, Instant.parse("2027-02-01T00:00:00Z"), ModelUse.By.DAY)).as("the end is not in")
                .hasSize(1);
        var all = calls.usage(from, to, ModelUse.By.MODEL).getFirst();
        assertThat(all.calls()).isEqualTo(3);
        assertThat(all.failed()).isOne();
        assertThat(all.attempts()).isEqualTo(5);
        assertThat(all.longest()).isEqualTo(Duration.ofMillis(40));
        assertThatThrownBy(() -> calls.usage(to, from, ModelUse.By.DAY)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> calls.usage(from, from.plus(ModelCalls.HOURS_SPAN_MAX).plusSeconds(1),
                ModelUse.By.HOUR)).isInstanceOf(InvalidInputException.class).hasMessageContaining("31 days");
        assertThat(calls.usage(from, from.plus(ModelCalls.HOURS_SPAN_MAX), ModelUse.By.HOUR)).hasSize(3);
    }

    private void move(UUID id, String time) {
        database.withHandle(handle -> handle.createUpdate("UPDATE model_calls SET called_at = :time::timestamptz "
                + "WHERE id = :id").bind("time", time).bind("id", id).execute());
    }

    @Test
    void writesEveryCallOnce() {
        var call = call("tiny", "a");
        write(call, call);
        write(call);
        var many = IntStream.range(0, 1_234).mapToObj(i -> call("tiny", "b")).toArray(NewModelCall[]::new);
        write(many);
        var now = Instant.now();
        assertThat(calls.usage(now.minusSeconds(60), now.plusSeconds(60), ModelUse.By.PURPOSE))
                .extracting(ModelUse::calls).containsExactly(1L, 1_234L);
    }

    @Test
    void dropsWhatFindsNoRoomAndCountsIt() {
        var small = new ModelCallLog(calls, KEPT, 2);
        for (int i = 0; i < 5; i++) {
            small.add(call("tiny", "a"));
        }
        assertThat(small.dropped()).isEqualTo(3);
        small.close();
        assertThat(calls.list(ModelCalls.Filter.none(), Optional.empty(), 10)).hasSize(2);
    }

    @Test
    void keepsWhatItCouldNotWriteForTheNextTime() {
        try (var proxy = TcpProxy.cutOff(database.settings());
                var away = Database.open(proxy.through(database.settings()))) {
            var waiting = new ModelCallLog(new ModelCalls(away), KEPT);
            waiting.add(call("tiny", "a"));
            assertThatThrownBy(waiting::write).isInstanceOf(UnavailableException.class);
            waiting.add(call("tiny", "b"));
            proxy.heal();
            waiting.write();
            assertThat(waiting.dropped()).isZero();
        }
        assertThat(calls.list(ModelCalls.Filter.none(), Optional.empty(), 10)).hasSize(2);
    }

    @Test
    void whatCanNeverBeWrittenDoesNotStandInTheWay() {
        log.add(call("tiny\0", "a"));
        log.write();
        assertThat(log.dropped()).isOne();
        write(call("tiny", "b"));
        assertThat(calls.list(ModelCalls.Filter.none(), Optional.empty(), 10)).hasSize(1);
    }

    @Test
    void writesByItselfOnceItIsStarted() {
        log.start();
        log.add(call("tiny", "a"));
        await()
                .until(() -> calls.list(ModelCalls.Filter.none(), Optional.empty(), 1).size() == 1);
        log.add(call("tiny", "b"));
        log.close();
        assertThat(calls.list(ModelCalls.Filter.none(), Optional.empty(), 10)).as("also what came last").hasSize(2);
    }

    @Test
    void forgetsWhatIsOldEnough() {
        write(call("tiny", "a"), call("tiny", "b"));
        database.withHandle(handle -> handle.execute(
                "UPDATE model_calls SET called_at = now() - interval '90 days 1 s' WHERE purpose = 'a'"));
        log.runOnce();
        assertThat(calls.list(ModelCalls.Filter.none(), Optional.empty(), 10)).extracting(ModelCall::purpose)
                .containsExactly("b");
    }
}
