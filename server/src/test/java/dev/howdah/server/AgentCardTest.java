package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.card.CardVerifier;
import dev.howdah.agent.card.CardVerifier.VerifiedCard;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** The card as HTTP gives it out. */
class AgentCardTest {
    private static final String PATH = "/.well-known/agent-card.json";
    private static final String KEY = "0123456789abcdef-key";

    @Test
    void hasTheShapeOfTheProtocolBesideTheEarlierOnes() {
        try (var server = TestServer.start(Map.of(), false)) {
            var card = server.get(PATH).json();
            var root = "http://127.0.0.1:" + server.port();
            assertThat(card.path("url").asString()).isEqualTo(root);
            assertThat(card.path("agent").path("name").asString()).isEqualTo("howdah");
            var first = card.path("supportedInterfaces").path(0);
            assertThat(first.path("url").asString()).isEqualTo(root + "/a2a");
            assertThat(first.path("protocolBinding").asString()).isEqualTo("JSONRPC");
            assertThat(first.path("protocolVersion").asString()).isEqualTo("1.0");
            assertThat(card.path("capabilities").path("streaming").isBoolean()).isTrue();
            assertThat(card.path("capabilities").path("multimodal").isBoolean()).isTrue();
            assertThat(card.path("capabilities").path("extensions").path(0).path("uri").asString())
                    .isEqualTo(Caller.REPLAY_EXTENSION);
            assertThat(card.path("defaultInputModes").isEmpty()).isFalse();
            assertThat(card.path("defaultOutputModes").isEmpty()).isFalse();
            assertThat(card.path("skills")).allSatisfy(skill -> {
                assertThat(skill.path("id").asString()).isNotEmpty();
                assertThat(skill.path("description").asString()).isNotEmpty();
                assertThat(skill.path("tags").isEmpty()).isFalse();
                assertThat(skill.path("input_schema").isObject()).isTrue();
            });
            assertThat(card.has("securitySchemes")).isFalse();
            assertThat(server.get("/.well-known/jwks.json").json().path("keys").isEmpty()).isTrue();
        }
    }

    @Test
    void isNotSentAgainToThoseWhoHaveIt() {
        try (var server = TestServer.start(Map.of("howdah.agent.card.max-age", "5m"), false)) {
            var first = server.get(PATH);
            assertThat(first.header("cache-control")).contains("max-age=300").contains("public");
            assertThat(first.header("content-type")).startsWith("application/json");
            assertThat(first.header("etag")).matches("\"[\\w-]+\"");
            assertThat(first.header("last-modified")).endsWith("GMT");
            var again = server.get(PATH, "If-None-Match", first.header("etag"));
            assertThat(again.status()).isEqualTo(304);
            assertThat(again.text()).isEmpty();
            assertThat(server.get(PATH, "If-Modified-Since", first.header("last-modified")).status()).isEqualTo(304);
            assertThat(server.get(PATH, "If-None-Match", "\"other\"").text()).isEqualTo(first.text());
        }
    }

    @Test
    void isSignedForTheAddressThatIsConfigured(@TempDir Path folder) throws Exception {
        try (var server = TestServer.start(Map.of("howdah.server.api-key", KEY, "howdah.agent.card.url",
                "https://agents.example.org", "howdah.agent.card.signing-key", keyFile(folder).toString()), false)) {
            var card = (ObjectNode) server.get(PATH).json();
            assertThat(server.get(PATH).json()).isEqualTo(card);
            var verified = verify(server, card);
            assertThat(verified.content().path("supportedInterfaces").path(0).path("url").asString())
                    .isEqualTo("https://agents.example.org/a2a");
            assertThat(verified.content().path("securitySchemes").path("apiKey").isEmpty()).isFalse();
            assertThat(verified.content().has("agent")).isFalse();
            card.put("name", "somebody else");
            assertThatThrownBy(() -> verify(server, card)).hasMessageContaining("does not belong to this content");
        }
    }

    @Test
    void startsOnlyWithAKeyThatCanBeUsed(@TempDir Path folder) throws IOException {
        var wrong = Files.writeString(folder.resolve("wrong.pem"), "secret words");
        assertThatThrownBy(() -> HowdahSettings.from(Configuration.of(Map.of("howdah.agent.card.signing-key",
                wrong.toString(), "howdah.agent.card.url", "https://agents.example.org"))))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("howdah.agent.card.signing-key")
                .hasMessageContaining("openssl").hasMessageNotContaining("secret words");
    }

    private static VerifiedCard verify(TestServer server, ObjectNode card) {
        return new CardVerifier((_, address) -> {
            assertThat(address.orElseThrow()).hasToString("https://agents.example.org/.well-known/jwks.json");
            return Optional.of(server.get("/.well-known/jwks.json").text());
        }).verify(card);
    }

    private static Path keyFile(Path folder) throws GeneralSecurityException, IOException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        var pair = generator.generateKeyPair();
        var encoder = Base64.getMimeEncoder(64, new byte[]{'\n'});
        return Files.writeString(folder.resolve("card.pem"), """
            -----BEGIN PRIVATE KEY-----
            %s
            -----END PRIVATE KEY-----
            -----BEGIN PUBLIC KEY-----
            %s
            -----END PUBLIC KEY-----
            """.formatted(encoder.encodeToString(pair.getPrivate().getEncoded()),
                encoder.encodeToString(pair.getPublic().getEncoded())));
    }
}
