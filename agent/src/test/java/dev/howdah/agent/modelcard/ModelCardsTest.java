package dev.howdah.agent.modelcard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.howdah.agent.modelcard.ModelCard.Status;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelCardsTest {
    private static final Database DATABASE = TestDatabase.create();

    private final ModelCards cards = new ModelCards(DATABASE);

    @BeforeAll
    static void migrate() {
        new Migrator(DATABASE, Migrations.ofModules("queue", "knowledge", "agent")).up();
    }

    @BeforeEach
    void forget() {
        DATABASE.withHandle(handle -> handle.execute("DELETE FROM model_cards"));
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private ModelCard create(String text) {
        return cards.create(ModelCardReader.card(json(text)));
    }

    private ModelCard update(ModelCard card, int expected, String text) {
        return cards.update(card.id(), OptionalInt.of(expected), ModelCardReader.change(json(text)));
    }

    @Test
    void everyChangeKeepsWhatWasBeforeWithItsReason() {
        var made = create(
                "{'workspaceId': 'w1', 'userId': 'u1', 'name': 'Tiny Model', 'card': {'schemaVersion': '1'}}");
        assertThat(made.version()).isOne();
        assertThat(made.slug()).isEqualTo("tiny-model");
        assertThat(made.status()).isEqualTo(Status.ACTIVE);
        var changed = update(made, 1,
                "{'description': 'Small.', 'status': 'deprecated', 'changeReason': 'a larger one'}");
        assertThat(changed.version()).isEqualTo(2);
        assertThat(changed.name()).as("what is missing stays").isEqualTo("Tiny Model");
        assertThat(changed.updatedAt()).isAfter(made.updatedAt());
        var restored = cards.restore(made.id(), 1, OptionalInt.of(2), "it was better");
        assertThat(restored.version()).isEqualTo(3);
        assertThat(restored.description()).isEmpty();
        assertThat(restored.status()).isEqualTo(Status.ACTIVE);
        var versions = cards.versions(made.id(), OptionalInt.empty(), 10);
        assertThat(versions).extracting(ModelCardVersion::version).containsExactly(3, 2, 1);
        assertThat(versions).extracting(ModelCardVersion::changeReason).containsExactly("it was better",
                "a larger one", "");
        assertThat(versions.getFirst().restoredFrom()).hasValue(1);
        assertThat(cards.versions(made.id(), OptionalInt.of(3), 1)).extracting(ModelCardVersion::version)
                .containsExactly(2);
        assertThat(cards.getVersion(made.id(), 2).description()).isEqualTo("Small.");
        assertThat(cards.get(made.id())).isEqualTo(restored);
    }

    @Test
    void aChangeOfAnotherVersionIsRefused() {
        var made = create("{'name': 'm'}");
        update(made, 1, "{'description': 'a'}");
        assertThatThrownBy(() -> update(made, 1, "{'description': 'b'}")).isInstanceOfSatisfying(
                ConflictException.class, e -> assertThat(e.code()).isEqualTo(ModelCards.CHANGED));
        assertThatThrownBy(() -> cards.restore(made.id(), 1, OptionalInt.of(1), ""))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> cards.delete(made.id(), OptionalInt.of(1))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> cards.deleteForEver(made.id(), OptionalInt.of(1)))
                .isInstanceOf(ConflictException.class);
        assertThat(cards.get(made.id()).description()).isEqualTo("a");
    }

    @Test
    void ofManyChangesOfOneVersionOneIsMade() throws Exception {
        var made = create("{'name': 'm'}");
        var changes = new ArrayList<Future<ModelCard>>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                changes.add(callers.submit(() -> update(made, 1, "{'description': 'x'}")));
            }
        }
        assertThat(changes.stream().filter(change -> change.state() == Future.State.SUCCESS)).hasSize(1);
        assertThat(changes.stream().filter(change -> change.state() == Future.State.FAILED)).hasSize(19)
                .allMatch(change -> change.exceptionNow() instanceof ConflictException);
        assertThat(cards.versions(made.id(), OptionalInt.empty(), 10)).hasSize(2);
    }

    @Test
    void whatIsDeletedCanBeRestoredUntilItIsDeletedForEver() {
        var made = create("{'workspaceId': 'w', 'name': 'm'}");
        cards.delete(made.id(), OptionalInt.empty());
        assertThatThrownBy(() -> cards.get(made.id())).isInstanceOf(NotFoundException.class)
                .hasMessageContaining("was deleted");
        assertThatThrownBy(() -> cards.delete(made.id(), OptionalInt.empty())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> cards.update(made.id(), OptionalInt.empty(), ModelCardReader.change(json("{}"))))
                .isInstanceOf(NotFoundException.class);
        assertThat(cards.list(ModelCards.Filter.none(), 10, 0).total()).isZero();
        assertThat(cards.list(new ModelCards.Filter(Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), true), 10, 0).items()).hasSize(1);
        var other = create("{'workspaceId': 'w', 'name': 'm'}");
        assertThatThrownBy(() -> cards.restore(made.id(), 1, OptionalInt.empty(), "")).isInstanceOfSatisfying(
                ConflictException.class, e -> assertThat(e.code()).isEqualTo("model-card-exists"));
        cards.deleteForEver(other.id(), OptionalInt.empty());
        assertThat(cards.version(other.id(), 1)).isEmpty();
        assertThat(cards.restore(made.id(), 1, OptionalInt.empty(), "").version()).isEqualTo(2);
        cards.delete(made.id(), OptionalInt.empty());
        cards.deleteForEver(made.id(), OptionalInt.empty());
        assertThatThrownBy(() -> cards.restore(made.id(), 1, OptionalInt.empty(), ""))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> cards.versions(made.id(), OptionalInt.empty(), 10))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void aSlugNamesOneCardOfAWorkspace() {
        create("{'workspaceId': 'w1', 'name': 'm', 'slug': 'org/m:8b'}");
        create("{'workspaceId': 'w2', 'name': 'm', 'slug': 'org/m:8b'}");
        assertThatThrownBy(() -> create("{'workspaceId': 'w1', 'name': 'other', 'slug': 'org/m:8b'}"))
                .isInstanceOf(ConflictException.class).hasMessageContaining("another slug");
    }

    @Test
    void findsByWordsCapabilityAndSkillAndCountsThemAll() {
        for (int i = 0; i < 5; i++) {
            create("{'workspaceId': 'w1', 'name': 'Plain %d'}".formatted(i));
        }
        create("""
            {'workspaceId': 'w2', 'name': 'Translator', 'description': 'speaks Frisian', 'status': 'draft',
             'card': {'capabilities': ['vision', 'chat'], 'skills': ['ocr', {'id': 'translate', 'name': 'Translation'}]}}""");
        assertThat(found(Optional.of("frisian"), Optional.empty(), Optional.empty())).isOne();
        assertThat(found(Optional.of("plain -2"), Optional.empty(), Optional.empty())).isEqualTo(4);
        assertThat(found(Optional.empty(), Optional.of("vision"), Optional.empty())).isOne();
        assertThat(found(Optional.empty(), Optional.of("visio"), Optional.empty())).isZero();
        for (var skill : List.of("ocr", "translate", "Translation")) {
            assertThat(found(Optional.empty(), Optional.empty(), Optional.of(skill))).as(skill).isOne();
        }
        var filter = new ModelCards.Filter(Optional.of("w1"), Optional.of(Status.ACTIVE), Optional.empty(),
                Optional.empty(), Optional.empty(), false);
        var page = cards.list(filter, 2, 2);
        assertThat(page.total()).isEqualTo(5);
        assertThat(page.items()).extracting(ModelCard::name).containsExactly("Plain 2", "Plain 1");
        assertThat(cards.list(filter, 2, 99)).isEqualTo(new ModelCards.Page(List.of(), 5));
        assertThat(catchThrowableOfType(InvalidInputException.class, () -> cards.list(filter, 0, -1)).faults())
                .extracting(Fault::field).containsExactly("limit", "offset");
        assertThatThrownBy(() -> cards.list(filter, ModelCards.LIMIT_MAX + 1, 0))
                .isInstanceOf(InvalidInputException.class);
    }

    private long found(Optional<String> text, Optional<String> capability, Optional<String> skill) {
        return cards.list(new ModelCards.Filter(Optional.empty(), Optional.empty(), text, capability, skill, false), 10,
                0).total();
    }

    @Test
    void everyFaultOfACardIsTold() {
        var faults = catchThrowableOfType(InvalidInputException.class, () -> ModelCardReader.card(
                json("""
                    {'name': ' ', 'slug': 'no slug', 'workspaceId': 5, 'description': 'a\\u0000b', 'status': 'gone', 'more': 1,
                     'card': {'schemaVersion': 1, 'capabilities': 'vision', 'skills': [{}], 'inputSchema': {'type': 'objekt'},
                              'outputSchema': [], 'pricing': {'inputPricePerToken': -1, 'currency': 'dollars'}, 'metadata': []}}""")))
                .faults();
        assertThat(faults).extracting(Fault::field).containsOnly("/more", "/workspaceId", "/status",
                "/name", "/slug", "/description", "/card/schemaVersion", "/card/capabilities", "/card/skills/0",
                "/card/inputSchema", "/card/outputSchema", "/card/pricing/inputPricePerToken",
                "/card/pricing/outputPricePerToken", "/card/pricing/currency", "/card/metadata");
        assertThat(faults).allSatisfy(fault -> assertThat(fault.remedy()).isNotBlank());
        for (var text : List.of("[]", "null", "'x'", "{}")) {
            assertThatThrownBy(() -> ModelCardReader.card(json(text))).as(text)
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> ModelCardReader.change(json("{'slug': 'other'}")))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("/slug");
        assertThatThrownBy(() -> create("{'name': 'big', 'card': {'x': '" + "y".repeat(256_000) + "'}}"))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("256000");
    }

    @Test
    void aVersionThatIsNotThereIsNotFound() {
        var made = create("{'name': 'm'}");
        assertThatThrownBy(() -> cards.getVersion(made.id(), 2)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> cards.restore(made.id(), 2, OptionalInt.empty(), ""))
                .isInstanceOf(NotFoundException.class).hasMessageContaining("no version 2");
        assertThatThrownBy(() -> cards.get(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
    }
}
