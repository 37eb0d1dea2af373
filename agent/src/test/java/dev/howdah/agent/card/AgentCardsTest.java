package dev.howdah.agent.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.SkillResult;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.card.AgentOffer.Binding;
import dev.howdah.agent.card.AgentOffer.Interface;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class AgentCardsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Skill GREET = new Skill("greet", "Greet", "Greets people.", SkillCategory.ACTION,
            (ObjectNode) JSON.readTree("{\"type\":\"object\",\"examples\":[{\"name\":\"Ada\"}]}"),
            (ObjectNode) JSON.readTree("{\"type\":\"string\"}"), Map.of(), true, false, SkillResult::of);

    private final AgentCards cards = new AgentCards(new SkillRegistry(List.of(GREET)));

    @Test
    void tellsAllThatTheProtocolRequires() {
        assertThat(cards.card(offer(false))).isEqualTo(JSON.readTree("""
            {"name": "howdah", "description": "Keeps things.", "version": "1.2.3",
             "documentationUrl": "https://agents.example.org/docs",
             "supportedInterfaces": [
               {"url": "https://agents.example.org/a2a", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"},
               {"url": "agents.example.org:9090", "protocolBinding": "GRPC", "protocolVersion": "1.0",
                "tenant": "acme"}],
             "capabilities": {"streaming": true, "pushNotifications": false, "extendedAgentCard": true,
               "extensions": [{"uri": "%s", "description":
                 "Events carry their sequence, and a stream can begin behind the last event that the client has."}]},
             "defaultInputModes": ["application/json", "text/plain"],
             "defaultOutputModes": ["application/json", "text/plain"],
             "skills": [{"id": "greet", "name": "greet", "description": "Greets people.", "tags": ["action"],
                         "examples": ["{\\"name\\":\\"Ada\\"}"]}]}""".formatted(Caller.REPLAY_EXTENSION)));
    }

    @Test
    void tellsHowToShowTheKeyWhereOneIsNeeded() {
        var card = cards.card(offer(true));
        assertThat(card.path("securitySchemes")).isEqualTo(JSON.readTree("""
            {"apiKey": {"apiKeySecurityScheme": {"location": "header", "name": "X-API-Key"}},
             "bearer": {"httpAuthSecurityScheme": {"scheme": "Bearer"}}}"""));
        assertThat(card.path("securityRequirements")).isEqualTo(JSON.readTree("""
            [{"schemes": {"apiKey": {}}}, {"schemes": {"bearer": {}}}]"""));
    }

    @Test
    void tellsSchemasToThoseWhoAreKnown() {
        var extension = cards.extendedCard(offer(false)).path("capabilities").path("extensions").path(1);
        assertThat(extension.path("uri").asString()).isEqualTo(AgentCards.SCHEMAS_EXTENSION);
        var schemas = extension.path("params").path("skills").path("greet");
        assertThat(schemas.path("inputSchema")).isEqualTo(GREET.inputSchema());
        assertThat(schemas.path("outputSchema")).isEqualTo(GREET.outputSchema());
        assertThat(cards.card(offer(false)).toString()).doesNotContain(AgentCards.SCHEMAS_EXTENSION);
    }

    @Test
    void servesTheSameContentAsTheSameBytes() {
        var publisher = new CardPublisher(signing());
        var first = publisher.publish(cards.card(offer(false)));
        assertThat(publisher.publish(cards.card(offer(false)))).isEqualTo(first);
        assertThat(first.etag()).matches("\"[\\w-]{43}\"");
        assertThat(first.lastModified()).isEqualTo(first.lastModified().truncatedTo(ChronoUnit.SECONDS));
        assertThat(publisher.publish(cards.card(offer(true))).etag()).isNotEqualTo(first.etag());
        var card = (ObjectNode) JSON.readTree(first.json());
        assertThat(new CardVerifier((_, _) -> Optional.of(publisher.publicKeys().toString())).verify(card).content()
                .path("name").asString()).isEqualTo("howdah");
    }

    @Test
    void keepsNoMoreContentsThanItsLimit() {
        var publisher = new CardPublisher(signing());
        var first = publisher.publish(cards.card(offer(false)));
        for (int i = 0; i < CardPublisher.CONTENTS_MAX; i++) {
            publisher.publish(cards.card(offer(false)).put("iconUrl", "https://" + i + ".example"));
        }
        // Forgotten, and so signed anew: signatures on a curve never repeat.
        assertThat(publisher.publish(cards.card(offer(false))).etag()).isNotEqualTo(first.etag());
    }

    @Test
    void leavesCardsUnsignedWithoutAKey() {
        var publisher = new CardPublisher(CardSettings.from(Configuration.of(Map.of())));
        assertThat(publisher.publish(cards.card(offer(false))).json()).doesNotContain("signatures");
        assertThat(publisher.publicKeys().path("keys")).isEmpty();
        assertThat(publisher.root("http://127.0.0.1:8080")).isEqualTo("http://127.0.0.1:8080");
        assertThat(new CardPublisher(signing()).root("http://evil.example")).isEqualTo("https://agents.example.org");
    }

    @Test
    void readsItsSettings(@TempDir Path folder) throws IOException {
        assertThat(CardSettings.from(Configuration.of(Map.of())))
                .isEqualTo(new CardSettings(Optional.empty(), Optional.empty(), Duration.ofSeconds(60)));
        var file = Files.writeString(folder.resolve("key.json"), CardKeys.curve().toJSONString()).toString();
        var settings = CardSettings.from(Configuration.of(Map.of("howdah.agent.card.url",
                "https://agents.example.org/", "howdah.agent.card.signing-key", file)));
        assertThat(settings.url()).contains(URI.create("https://agents.example.org"));
        assertThat(settings.signingKey()).hasValueSatisfying(key -> assertThat(key.id()).isEqualTo("curve"));
    }

    @Test
    void saysWhatIsWrongWithItsSettings(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("key.json"), CardKeys.curve().toJSONString()).toString();
        assertProblem(Map.of("howdah.agent.card.url", "agents.example.org"), "howdah.agent.card.url");
        assertProblem(Map.of("howdah.agent.card.signing-key", file), "howdah.agent.card.url");
        assertProblem(Map.of("howdah.agent.card.signing-key", folder + "/none", "howdah.agent.card.url",
                "https://agents.example.org"), "cannot be read");
    }

    @Test
    void isReachedSomewhere() {
        assertThatThrownBy(() -> new AgentOffer("n", "d", "1", Optional.empty(), List.of(), true, true, true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertProblem(Map<String, String> values, String part) {
        var configuration = Configuration.of(values);
        CardSettings.from(configuration);
        assertThatThrownBy(configuration::check).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(part);
    }

    private static CardSettings signing() {
        return new CardSettings(Optional.of(URI.create("https://agents.example.org")),
                Optional.of(CardKey.parse(CardKeys.curve().toJSONString())), Duration.ofSeconds(60));
    }

    private static AgentOffer offer(boolean keyRequired) {
        return new AgentOffer("howdah", "Keeps things.", "1.2.3",
                Optional.of(URI.create("https://agents.example.org/docs")),
                List.of(Interface.of(Binding.JSONRPC, "https://agents.example.org/a2a"),
                        new Interface(Binding.GRPC, "agents.example.org:9090", "acme")),
                true, false, keyRequired);
    }
}
