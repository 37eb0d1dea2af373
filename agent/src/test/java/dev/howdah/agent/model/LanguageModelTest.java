package dev.howdah.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.howdah.agent.model.ModelAnswer.FinishReason;
import dev.howdah.agent.model.ModelCall.Outcome;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LanguageModelTest {
    private static final String KEY = "sk-test-0123456789abcdef";
    private static final JsonNode SCHEMA = JsonMapper.shared().readTree("""
        {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}""");

    private static final Database DATABASE = ModelDatabase.create();

    private final ProviderStub stub = new ProviderStub();
    private final ModelCalls calls = new ModelCalls(DATABASE);
    private final ModelCallLog log = new ModelCallLog(calls, Duration.ofDays(90));

    @BeforeEach
    void forget() {
        DATABASE.withHandle(handle -> handle.execute("DELETE FROM model_calls"));
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    private LanguageModel model(ProviderShape shape, String... settings) {
        var values = new HashMap<>(Map.of("howdah.agent.model.provider", shape.provider().label(),
                "howdah.agent.model.name", "tiny", "howdah.agent.model.url", stub.url(),
                "howdah.agent.model.anthropic-key", KEY, "howdah.agent.model.openai-key", KEY));
        for (int i = 0; i < settings.length; i += 2) {
            values.put("howdah.agent.model." + settings[i], settings[i + 1]);
        }
        var configuration = Configuration.of(values);
        var read = ModelSettings.from(configuration);
        configuration.check();
        return LanguageModels.open(read, log, new Backoff(read.attempts(), Duration.ofMillis(1),
                Duration.ofMillis(2))).orElseThrow();
    }

    private ModelCall onlyCall() {
        log.write();
        var all = calls.list(ModelCalls.Filter.none(), Optional.empty(), 10);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private static HowdahException failure(LanguageModel model) {
        return catchThrowableOfType(HowdahException.class, () -> model.ask(ModelRequest.of("test", "Say hi.")));
    }

    @ParameterizedTest
    @EnumSource
    void answersWithTextTokensAndReason(ProviderShape shape) {
        stub.reply(200, shape.answer("Hello."));
        var task = UUID.randomUUID();
        var answer = model(shape).ask(ModelRequest.of("greeting", "Say hi.").withSystem("Be brief.").withTask(task)
                .withOutputTokensMax(77));
        assertThat(answer).isEqualTo(new ModelAnswer(shape.provider().label() + ":tiny", "Hello.", Optional.empty(), 10,
                5, FinishReason.STOP));
        assertThat(stub.requests().getFirst().toString()).contains("Say hi.", "Be brief.", "\"tiny\"", ":77");
        var call = onlyCall();
        assertThat(call.provider()).isEqualTo(shape.provider().label());
        assertThat(call.model()).isEqualTo("tiny");
        assertThat(call.purpose()).isEqualTo("greeting");
        assertThat(call.taskId()).contains(task);
        assertThat(call.inputTokens()).isEqualTo(10);
        assertThat(call.outputTokens()).isEqualTo(5);
        assertThat(call.attempts()).isOne();
        assertThat(call.outcome()).isEqualTo(Outcome.ANSWERED);
        assertThat(call.failure()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void handsPiecesOverAsTheyCome(ProviderShape shape) {
        stub.reply(200, Map.of("Content-Type", "text/event-stream"), shape.stream("Hel", "lo", "."));
        var pieces = new ArrayList<String>();
        var asking = Thread.currentThread();
        var answer = model(shape).stream(ModelRequest.of("test", "Say hi."), piece -> {
            assertThat(Thread.currentThread()).isSameAs(asking);
            pieces.add(piece);
        });
        assertThat(pieces).containsExactly("Hel", "lo", ".");
        assertThat(answer.text()).isEqualTo("Hello.");
        assertThat(onlyCall().outputTokens()).isEqualTo(5);
        assertThat(answer.inputTokens()).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource
    void asksForJsonAndChecksIt(ProviderShape shape) {
        stub.reply(200, shape.answer("```json\n{\"score\": 7}\n```")).reply(200, shape.answer("{\"score\": \"high\"}"))
                .reply(200, shape.answer("seven")).reply(200, shape.answer(""));
        var model = model(shape);
        var request = ModelRequest.of("test", "Rate it.").withSchema(SCHEMA);
        assertThat(model.ask(request).json().orElseThrow().path("score").asInt()).isEqualTo(7);
        assertThat(stub.requests().getFirst().toString()).contains("score", "required");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> model.ask(request)).isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("not as asked for");
        }
        log.write();
        var invalid = calls.list(new ModelCalls.Filter(Optional.empty(), Optional.empty(),
                Optional.of(Outcome.INVALID), Optional.empty(), Optional.empty(), Optional.empty()), Optional.empty(),
                10);
        assertThat(invalid).hasSize(3).allMatch(call -> call.outputTokens() == 5
                && call.failure().orElseThrow().code().equals("model-answer-invalid"));
    }

    @ParameterizedTest
    @EnumSource
    void comesBackWhenTheProviderSaysSo(ProviderShape shape) {
        stub.reply(429, Map.of("Retry-After", "0"), shape.refusal("rate_limit_error", "slow down"))
                .reply(529, shape.refusal("overloaded_error", "Overloaded")).reply(200, shape.answer("At last."));
        assertThat(model(shape).ask(ModelRequest.of("test", "Say hi.")).text()).isEqualTo("At last.");
        assertThat(onlyCall().attempts()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void givesUpWhenTheRestWouldBeTooLong(ProviderShape shape) {
        stub.reply(429, Map.of("Retry-After", "3600"), shape.refusal("rate_limit_error", "slow down"));
        var failure = failure(model(shape));
        assertThat(failure).isInstanceOf(UnavailableException.class);
        assertThat(failure.code()).isEqualTo("model-rate-limited");
        assertThat(failure.remedy()).contains("3600 s");
        assertThat(stub.requests()).hasSize(1);
        assertThat(onlyCall().outcome()).isEqualTo(Outcome.FAILED);
    }

    @ParameterizedTest
    @EnumSource
    void givesUpAfterTheAttemptsOfItsSetting(ProviderShape shape) {
        stub.reply(503, "<html>upstream</html>");
        assertThat(failure(model(shape, "attempts", "4")).code()).isEqualTo("model-overloaded");
        assertThat(stub.requests()).hasSize(4);
        assertThat(onlyCall().attempts()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"400, model-request-refused", "401, model-key-refused", "403, model-key-refused",
            "404, model-not-found", "413, model-request-too-large", "422, model-request-refused"})
    void doesNotRepeatWhatWasRefused(int status, String code) {
        for (var shape : ProviderShape.values()) {
            try (var refusing = new ProviderStub()) {
                refusing.reply(status,
                        shape.refusal("some_error", "No. Your key is " + KEY + "; you said: Say hi to all."));
                var model = model(shape, "url", refusing.url());
                var failure = catchThrowableOfType(HowdahException.class,
                        () -> model.ask(ModelRequest.of("test", "Say hi to all.")));
                assertThat(failure.code()).as(shape.name()).isEqualTo(code);
                assertThat(failure).isInstanceOfAny(InvalidInputException.class, UnavailableException.class,
                        NotFoundException.class, LimitExceededException.class);
                assertThat(failure.getMessage()).contains("No. Your key is ***; you said: ***")
                        .doesNotContain(KEY, "Say hi");
                assertThat(refusing.requests()).hasSize(1);
            }
        }
        log.write();
        assertThat(calls.list(ModelCalls.Filter.none(), Optional.empty(), 10)).hasSize(3).allSatisfy(
                call -> assertThat(call.failure().orElseThrow().error()).doesNotContain(KEY, "Say hi"));
    }

    @ParameterizedTest
    @EnumSource
    void endsInTimeWhateverTheProviderDoes(ProviderShape shape) {
        stub.hang(200, shape.answer("Hello.").substring(0, 20));
        var model = model(shape, "timeout", "200ms");
        assertThat(failure(model).code()).isEqualTo("model-timeout");
        assertThatThrownBy(() -> model.stream(ModelRequest.of("test", "Say hi."), piece -> {}))
                .isInstanceOf(UnavailableException.class).hasMessageContaining("within PT0.2S");
        assertThat(stub.requests()).as("a slow answer is not asked for again").hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void saysThatAnAnswerCannotBeRead(ProviderShape shape) {
        stub.reply(200, "{\"broken\": ");
        assertThat(failure(model(shape)).code()).isEqualTo("model-answer-unreadable");
        assertThat(stub.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatBreaksOffIsNoAnswer(ProviderShape shape) {
        var whole = shape.stream("Hel", "lo");
        stub.reply(200, Map.of("Content-Type", "text/event-stream"), whole.substring(0, whole.indexOf("Hel") + 12));
        assertThatThrownBy(() -> model(shape).stream(ModelRequest.of("test", "Say hi."), piece -> {}))
                .isInstanceOf(UnavailableException.class);
        assertThat(onlyCall().outcome()).isEqualTo(Outcome.FAILED);
    }

    @ParameterizedTest
    @EnumSource
    void whoeverTakesThePiecesMayEndIt(ProviderShape shape) {
        stub.reply(200, Map.of("Content-Type", "text/event-stream"), shape.stream("Hel", "lo"));
        var pieces = new ArrayList<String>();
        Consumer<String> failing = piece -> {
            pieces.add(piece);
            throw new IllegalStateException("enough");
        };
        assertThatThrownBy(() -> model(shape).stream(ModelRequest.of("test", "Say hi."), failing))
                .isInstanceOf(IllegalStateException.class).hasMessage("enough");
        assertThat(pieces).containsExactly("Hel");
        assertThat(onlyCall().outcome()).isEqualTo(Outcome.INTERRUPTED);
    }

    @Test
    void anAnswerHasALimit() {
        stub.reply(200, ProviderShape.OPENAI.answer("x".repeat(17 << 20)));
        assertThat(failure(model(ProviderShape.OPENAI))).isInstanceOf(LimitExceededException.class);
    }

    @Test
    void aProviderThatIsNotThereIsAskedAgain() {
        stub.close();
        var failure = failure(model(ProviderShape.OPENAI));
        assertThat(failure.code()).isEqualTo("model-unreachable");
        assertThat(failure.remedy()).contains("howdah.agent.model.url");
        assertThat(onlyCall().attempts()).isEqualTo(3);
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        stub.hang(200, "{");
        var model = model(ProviderShape.OPENAI);
        var thrown = new AtomicReference<HowdahException>();
        var thread = Thread.ofVirtual().start(() -> thrown.set(failure(model)));
        await().until(() -> !stub.requests().isEmpty());
        thread.interrupt();
        assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        assertThat(thrown.get().code()).isEqualTo("interrupted");
        assertThat(onlyCall().outcome()).isEqualTo(Outcome.INTERRUPTED);
    }

    @Test
    void anInterruptEndsTheWaitForATurnAndForAnotherAttempt() throws Exception {
        stub.reply(429, Map.of("Retry-After", "59"), ProviderShape.OPENAI.refusal("rate_limit_error", "slow down"));
        var model = model(ProviderShape.OPENAI);
        var thrown = new AtomicReference<HowdahException>();
        var resting = Thread.ofVirtual().start(() -> thrown.set(failure(model)));
        await().until(() -> !stub.requests().isEmpty());
        resting.interrupt();
        assertThat(resting.join(Duration.ofSeconds(30))).isTrue();
        assertThat(thrown.get().code()).isEqualTo("interrupted");
        Thread.currentThread().interrupt();
        assertThat(failure(model).code()).isEqualTo("interrupted");
        assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
        assertThat(stub.requests()).hasSize(1);
    }

    @Test
    void onlySoManyRequestsAreUnderWayAtOnce() throws Exception {
        stub.reply(200, ProviderShape.OPENAI.answer("Hello."));
        var model = model(ProviderShape.OPENAI, "concurrency", "2", "prices", "tiny=1/10");
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Future<ModelAnswer>>();
            for (int i = 0; i < 200; i++) {
                var purpose = "purpose-" + i % 4;
                asked.add(callers.submit(() -> model.ask(ModelRequest.of(purpose, "Say hi."))));
            }
            for (var answer : asked) {
                assertThat(answer.get().text()).isEqualTo("Hello.");
            }
        }
        assertThat(stub.mostUnderWay()).isLessThanOrEqualTo(2);
        log.write();
        log.write();
        var now = Instant.now();
        var used = calls.usage(now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)), ModelUse.By.PURPOSE);
        assertThat(used).hasSize(4).allSatisfy(use -> {
            assertThat(use.calls()).isEqualTo(50);
            assertThat(use.failed()).isZero();
            assertThat(use.inputTokens()).isEqualTo(500);
            assertThat(use.outputTokens()).isEqualTo(250);
            assertThat(use.costs().get("USD")).isEqualByComparingTo("0.003");
            assertThat(use.unpriced()).isZero();
        });
    }

    @Test
    void whoGetsNoTurnInTimeIsTold() {
        stub.hang(200, "{");
        var model = model(ProviderShape.OPENAI, "concurrency", "1");
        var first = Thread.ofVirtual().start(() -> failure(model));
        await().until(() -> !stub.requests().isEmpty());
        var failure = catchThrowableOfType(HowdahException.class,
                () -> model.ask(ModelRequest.of("test", "Say hi.").withTimeout(Duration.ofMillis(50))));
        assertThat(failure.code()).isEqualTo("model-busy");
        assertThat(failure.remedy()).contains("howdah.agent.model.concurrency");
        first.interrupt();
        log.write();
        assertThat(calls.list(ModelCalls.Filter.none(), Optional.empty(), 10).stream().mapToInt(ModelCall::attempts)
                .filter(attempts -> attempts == 0).count()).isOne();
    }

    @Test
    void requestsAreCheckedAndNeverShowTheirText() {
        var faulty = catchThrowableOfType(InvalidInputException.class, () -> new ModelRequest("Not A Purpose", "",
                List.of(ModelMessage.assistant("x")), Optional.of(JsonMapper.shared().createArrayNode()),
                OptionalInt.of(0), Optional.of(Duration.ZERO), Optional.empty()));
        assertThat(faulty.faults()).extracting(InvalidInputException.Fault::field).containsExactly("purpose",
                "messages", "schema", "output_tokens_max", "timeout");
        assertThatThrownBy(() -> ModelRequest.of("test", "x".repeat(ModelRequest.CHARACTERS_MAX + 1)))
                .isInstanceOf(LimitExceededException.class);
        assertThat(ModelRequest.of("test", "x".repeat(ModelRequest.CHARACTERS_MAX)).toString()).doesNotContain("xx");
        assertThatThrownBy(() -> ModelRequest.of("test", " ")).isInstanceOf(InvalidInputException.class);
        assertThat(ModelMessage.user("secret").toString()).doesNotContain("secret");
    }
}
