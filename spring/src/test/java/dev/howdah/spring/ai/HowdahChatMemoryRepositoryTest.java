package dev.howdah.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.CollectionOptions;
import dev.howdah.documents.DocumentSettings;
import dev.howdah.documents.Documents;
import dev.howdah.documents.NewDocument;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.spring.json.TypedJson;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage.ToolResponse;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.Media;
import org.springframework.util.MimeTypeUtils;

/** Conversations as they are kept: whole, in order, one writer at a time. */
class HowdahChatMemoryRepositoryTest {
    private static Documents documents;
    private static HowdahChatMemoryRepository repository;

    record Citation(String title, int page) {}

    @BeforeAll
    static void open() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("documents")).up();
        documents = new Documents(database, DocumentSettings.defaults());
        repository = HowdahChatMemoryRepository.open(documents, "chat-memory");
    }

    @AfterAll
    static void close() {
        documents.close();
    }

    static List<Message> messages() {
        var metadata = new HashMap<String, Object>(Map.of("text", "x", "flag", true, "int", 5, "long", 5L, "double",
                2.0,
                "decimal", new BigDecimal("0.10"), "id", new UUID(1, 2), "at", Instant.parse("2026-01-02T03:04:05.6Z"),
                "$ref", Map.of("$oid", "1", "$numberLong", "5"), "annotations", List.of(Map.of())));
        metadata.put("list", Arrays.asList("a", 1L, null, Map.of("k", List.of(1.5))));
        metadata.put("refusal", null);
        var call = new ToolCall("call-1", "function", "weather", "{\"city\": \"Łódź\"}");
        return List.of(new UserMessage("hello"), UserMessage.builder().text("").metadata(metadata).build(),
                new SystemMessage("You are kind."), SystemMessage.builder().text("$set").metadata(metadata).build(),
                new AssistantMessage("hi \ud83d\udc18"), new AssistantMessage(null),
                AssistantMessage.builder().content("I look.").properties(metadata)
                        .toolCalls(List.of(call, new ToolCall("call-2", "function", "time", "{}"))).build(),
                ToolResponseMessage.builder().responses(List.of(new ToolResponse("call-1", "weather", "{\"c\": 21}"),
                        new ToolResponse("call-2", "time", ""))).metadata(metadata).build(),
                ToolResponseMessage.builder().responses(List.of()).build());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageComesBackAsItWas(Message message) {
        repository.saveAll("round-trip", List.of(message));

        assertThat(repository.findByConversationId("round-trip")).singleElement().isEqualTo(message)
                .hasSameClassAs(message).extracting(Message::getText).isEqualTo(message.getText());
    }

    @Test
    void aConversationKeepsItsOrderAndIsReplacedAsAWhole() {
        repository.saveAll("order", messages());
        assertThat(repository.findByConversationId("order")).isEqualTo(messages());

        repository.saveAll("order", messages().reversed());
        assertThat(repository.findByConversationId("order")).isEqualTo(messages().reversed());
        repository.saveAll("order", List.of());
        assertThat(repository.findByConversationId("order")).isEmpty();
    }

    @Test
    void bytesInMetadataSurvive() {
        repository.saveAll("bytes", List.of(AssistantMessage.builder().content("x")
                .properties(Map.of("thoughtSignatures", List.of(new byte[]{1, -2}))).build()));

        assertThat(repository.findByConversationId("bytes").getFirst().getMetadata().get("thoughtSignatures"))
                .usingRecursiveComparison().isEqualTo(List.of(new byte[]{1, -2}));
    }

    @Test
    void mediaSurvive() {
        var picture = Media.builder().mimeType(MimeTypeUtils.IMAGE_PNG).data(new byte[]{1, -2, 3}).name("elephant")
                .build();
        var linked = Media.builder().mimeType(MimeTypeUtils.parseMimeType("audio/mp3;rate=8")).id("m1")
                .data(URI.create("https://example.org/a.mp3")).build();
        repository.saveAll("media", List.of(UserMessage.builder().text("look").media(picture, linked).build(),
                AssistantMessage.builder().content("listen").media(List.of(linked)).build()));

        var found = repository.findByConversationId("media");
        assertSame(((UserMessage) found.get(0)).getMedia(), List.of(picture, linked));
        assertSame(((AssistantMessage) found.get(1)).getMedia(), List.of(linked));
    }

    private static void assertSame(List<Media> found, List<Media> expected) {
        assertThat(found).zipSatisfy(expected, (media, other) -> {
            assertThat(media.getMimeType()).isEqualTo(other.getMimeType());
            assertThat(media.getData()).isEqualTo(other.getData()); // byte by byte
            assertThat(media.getName()).isEqualTo(other.getName());
            assertThat(media.getId()).isEqualTo(other.getId());
        });
    }

    @Test
    void classesOfTheCallerAreReadIfTheyAreTrusted() {
        var citing = AssistantMessage.builder().content("see")
                .properties(Map.of("citations", List.of(new Citation("Elephants", 7)))).build();
        assertThatThrownBy(() -> repository.saveAll("citing", List.of(citing)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Citation");
        assertThat(repository.findByConversationId("citing")).isEmpty();

        var trusting = HowdahChatMemoryRepository.open(documents, "chat-memory",
                new TypedJson(List.of("dev.howdah.spring.ai"), getClass().getClassLoader(), List.of()));
        trusting.saveAll("citing", List.of(citing));
        assertThat(trusting.findByConversationId("citing")).containsExactly(citing);
    }

    @Test
    void anUnknownConversationIsEmptyAndDeletingItDoesNothing() {
        assertThat(repository.findByConversationId("never was")).isEmpty();
        repository.deleteByConversationId("never was");
        assertThat(repository.findConversationIds()).doesNotContain("never was");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "42", "$oid:x", "$number:1", "user/7 \"ö\" \ud83d\udc18", "{\"a\": 1}"})
    void anyTextIsAnId(String id) {
        repository.saveAll(id, List.of(new UserMessage("mine is " + id)));
        repository.saveAll(id + "2", List.of(new UserMessage("other")));

        assertThat(repository.findByConversationId(id)).extracting(Message::getText).containsExactly("mine is " + id);
        assertThat(repository.findConversationIds()).contains(id, id + "2").doesNotHaveDuplicates();
        repository.deleteByConversationId(id);
        assertThat(repository.findByConversationId(id)).isEmpty();
        assertThat(repository.findConversationIds()).contains(id + "2").doesNotContain(id);
    }

    @Test
    void refusesWhatIsNoIdAndWhatIsNoMessage() {
        assertThatThrownBy(() -> repository.findByConversationId(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> repository.findByConversationId("a\0b")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("NUL");
        assertThatThrownBy(() -> repository.saveAll("x".repeat(1_025), List.of()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("1024");
        assertThatThrownBy(() -> repository.saveAll("nul", List.of(new UserMessage("a\0b"))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("U+0000");
        assertThatThrownBy(() -> repository.saveAll("kind", List.of(new OtherMessage())))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("OtherMessage");
        documents.collection("chat-memory").insert(NewDocument.of(Values.parseObject(
                "{\"_id\": \"later\", \"messages\": [{\"type\": \"hologram\"}]}")));
        assertThatThrownBy(() -> repository.findByConversationId("later")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("hologram");
    }

    private static final class OtherMessage implements Message {
        @Override
        public MessageType getMessageType() {
            return MessageType.USER;
        }

        @Override
        public String getText() {
            return "text";
        }

        @Override
        public Map<String, Object> getMetadata() {
            return Map.of();
        }
    }

    @Test
    void theWindowForgetsTheOldestAndKeepsTheSystemMessage() {
        var memory = MessageWindowChatMemory.builder().chatMemoryRepository(repository).maxMessages(4).build();
        memory.add("window", new SystemMessage("be kind"));
        for (int turn = 1; turn <= 5; turn++) {
            memory.add("window", List.of(new UserMessage("question " + turn), new AssistantMessage("answer " + turn)));
        }

        assertThat(memory.get("window")).extracting(Message::getText).startsWith("be kind").endsWith("answer 5")
                .hasSizeLessThanOrEqualTo(4).doesNotContain("question 1");
        assertThat(repository.findByConversationId("window")).isEqualTo(memory.get("window"));
        memory.clear("window");
        assertThat(memory.get("window")).isEmpty();
    }

    @Test
    void concurrentWritersNeverInterleave() throws InterruptedException, ExecutionException {
        int writers = 8;
        int rounds = 20;
        var start = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, writers).<Future<?>>mapToObj(writer -> threads.submit(() -> {
                start.await();
                for (int round = 0; round < rounds; round++) {
                    repository.saveAll("contended", said(writer, round));
                    var found = repository.findByConversationId("contended");
                    assertThat(found).hasSize(10).allMatch(message -> by(message).equals(by(found.getFirst())));
                }
                return writer;
            })).toList();
            start.countDown();
            for (var writer : all) {
                writer.get();
            }
        }
        assertThat(repository.findByConversationId("contended")).hasSize(10);
    }

    private static String by(Message message) {
        return String.valueOf(message.getMetadata().get("by"));
    }

    private static List<Message> said(int writer, int round) {
        return IntStream.range(0, 10).<Message>mapToObj(n -> UserMessage.builder().text("message " + n)
                .metadata(Map.of("by", writer + "/" + round)).build()).toList();
    }

    @Test
    void aConversationThatIsTooLargeIsRefusedWithTheRemedyAndStaysAsItWas() {
        documents.create("small", new CollectionOptions(Optional.empty(), Optional.of(1_000)));
        var small = HowdahChatMemoryRepository.open(documents, "small");
        small.saveAll("long", List.of(new UserMessage("x".repeat(900))));

        assertThatThrownBy(() -> small.saveAll("long", List.of(new UserMessage("x".repeat(500)),
                new UserMessage("y".repeat(500))))).isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("\"long\" of 2 messages").hasMessageContaining("more than 1000")
                .hasMessageContaining("MessageWindowChatMemory").hasMessageContaining("howdah.documents.document-max");
        assertThat(small.findByConversationId("long")).hasSize(1);
        assertThat(documents.state("small").options().documentMax()).as("opening keeps the options").hasValue(1_000);
    }

    @Test
    void messagesCanBeFoundByWhatTheySay() {
        repository.saveAll("found", List.of(AssistantMessage.builder().content("yes").properties(Map.of("model", "m1"))
                .build()));
        var stored = documents.collection("chat-memory").get("found").orElseThrow().value();
        assertThat(stored.toString()).contains("\"text\":\"yes\"", "{\"name\":\"model\",\"value\":\"m1\"}");
    }
}
