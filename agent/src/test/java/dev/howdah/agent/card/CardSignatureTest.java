package dev.howdah.agent.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import dev.howdah.agent.card.CardVerifier.KeySource;
import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What signatures cover, and that nothing that is covered can be changed. */
class CardSignatureTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final URI KEYS = URI.create("https://agents.example.org/.well-known/jwks.json");
    private static final CardKey KEY = CardKey.parse(CardKeys.curve().toJSONString());

    @Test
    void coversWhatIsRequiredSetOrNotTheDefault() {
        assertThat(CardSchema.signed(card())).isEqualTo(JSON.readTree("""
            {"name": "agent", "description": "", "version": "1", "documentationUrl": "",
             "supportedInterfaces": [{"url": "https://a.example", "protocolBinding": "GRPC",
                                      "protocolVersion": "1.0"}],
             "capabilities": {"streaming": false, "extensions": [{"uri": "urn:x", "params": {"empty": ""}}]},
             "securitySchemes": {"key": {"apiKeySecurityScheme": {"location": "header", "name": "K"}}},
             "securityRequirements": [{"schemes": {"key": {}}}],
             "defaultInputModes": [], "defaultOutputModes": ["text/plain"],
             "skills": [{"id": "s", "name": "s", "description": "does", "tags": []}]}"""));
    }

    @Test
    void coversNothingEmptyInTheOtherForm() {
        assertThat(CardSchema.signedWithoutEmpty(card())).isEqualTo(JSON.readTree("""
            {"name": "agent", "version": "1",
             "supportedInterfaces": [{"url": "https://a.example", "protocolBinding": "GRPC",
                                      "protocolVersion": "1.0"}],
             "capabilities": {"streaming": false, "extensions": [{"uri": "urn:x"}]},
             "securitySchemes": {"key": {"apiKeySecurityScheme": {"location": "header", "name": "K"}}},
             "defaultOutputModes": ["text/plain"],
             "skills": [{"id": "s", "name": "s", "description": "does"}]}"""));
    }

    @Test
    void namesKeyTypeAndPlaceInItsHeader() {
        var signed = signed(KEY);
        assertThat(signed.path("signatures")).hasSize(2).allSatisfy(signature -> {
            var header = JSON.readTree(Base64.getUrlDecoder().decode(signature.path("protected").asString()));
            assertThat(header).isEqualTo(JSON.createObjectNode().put("alg", "ES256").put("kid", KEY.id())
                    .put("typ", "JOSE").put("jku", KEYS.toString()));
        });
        var full = card();
        CardSchema.signedWithoutEmpty(card()).properties().forEach(each -> full.set(each.getKey(), each.getValue()));
        full.remove(List.of("description", "documentationUrl", "defaultInputModes", "securityRequirements"));
        assertThat(new CardSigner(KEY, KEYS).sign(full).path("signatures")).hasSize(1);
    }

    @Test
    void answersWithWhatWasCovered() {
        var asked = new AtomicReference<URI>();
        var verified = new CardVerifier((id, address) -> {
            asked.set(address.orElseThrow());
            return trusting(KEY).keySet(id, address);
        }).verify(signed(KEY));
        assertThat(verified.keyId()).isEqualTo(KEY.id());
        assertThat(verified.content()).isEqualTo(CardSchema.signed(card()));
        assertThat(verified.content().has("endpoints")).isFalse();
        assertThat(asked).hasValue(KEYS);
    }

    @Test
    void isSignedByRsaToo() {
        var key = CardKey.parse(CardKeys.rsa().toJSONString());
        assertThat(new CardVerifier(trusting(key)).verify(signed(key)).keyId()).isEqualTo("rsa");
    }

    @Test
    void findsEveryChangeOfWhatIsCovered() {
        for (var change : List.<java.util.function.Consumer<ObjectNode>>of(card -> card.put("name", "other"),
                card -> card.put("iconUrl", "https://evil.example/"), card -> card.remove("version"),
                card -> card.withObject("/capabilities").put("streaming", true),
                card -> ((ObjectNode) card.path("supportedInterfaces").path(0)).put("url", "https://evil.example"),
                card -> ((ObjectNode) card.path("skills").path(0)).putArray("examples").add("pay me"),
                card -> card.withArray("skills").addObject().put("id", "t").put("name", "t"))) {
            var card = signed(KEY);
            change.accept(card);
            assertNotGenuine(card, trusting(KEY), "does not belong to this content");
        }
    }

    @Test
    void mindsNeitherOrderNorWhatIsNotCovered() {
        var card = signed(KEY);
        var turned = JSON.createObjectNode();
        card.propertyNames().stream().sorted(java.util.Comparator.reverseOrder())
                .forEach(name -> turned.set(name, card.path(name)));
        turned.putObject("endpoints").put("execute", "/elsewhere");
        assertThat(new CardVerifier(trusting(KEY)).verify(turned).content()).isEqualTo(CardSchema.signed(card()));
    }

    @Test
    void takesASignatureOverTheWholeDocument() throws JOSEException {
        var card = card();
        card.remove("signatures");
        var jws = new JWSObject(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(KEY.id()).build(),
                new Payload(CanonicalJson.of(card)));
        jws.sign(KEY.signer());
        card.putArray("signatures").addObject().put("protected", jws.getHeader().toBase64URL().toString())
                .put("signature", jws.getSignature().toString());
        assertThat(new CardVerifier(trusting(KEY)).verify(card).content().path("endpoints").has("execute")).isTrue();
    }

    @Test
    void trustsOnlyKeysThatItsSourceGivesOut() {
        var other = CardKey.parse(CardKeys.curve().toJSONString());
        assertNotGenuine(signed(KEY), (_, _) -> Optional.empty(), "not trusted");
        assertNotGenuine(signed(KEY), trusting(other), "does not belong");
        assertNotGenuine(signed(KEY), (_, _) -> Optional.of("{\"keys\":[]}"), "not in the key set");
        assertNotGenuine(signed(KEY), (_, _) -> Optional.of("no keys"), "cannot be read");
        assertNotGenuine(signed(KEY), (_, _) -> Optional.of(" ".repeat(CardVerifier.KEY_SET_MAX + 1)), "characters");
    }

    @Test
    void takesOneGoodSignatureAmongBadOnes() {
        var card = signed(KEY);
        card.withArray("signatures").insertObject(0).put("protected", "e30").put("signature", "AAAA");
        assertThat(new CardVerifier(trusting(KEY)).verify(card).keyId()).isEqualTo(KEY.id());
        for (int i = 0; i < CardVerifier.SIGNATURES_MAX; i++) {
            card.withArray("signatures").insertObject(0).put("protected", "e30").put("signature", "AAAA");
        }
        assertNotGenuine(card, trusting(KEY), "header");
    }

    /** The public key is known to all: as the secret of an HMAC, or with no algorithm at all, it proves nothing. */
    @Test
    void letsTheKeyDecideTheAlgorithm() throws JOSEException {
        var secret = KEY.publicKeys().toString().getBytes(StandardCharsets.UTF_8);
        var jws = new JWSObject(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(KEY.id()).build(),
                new Payload(CanonicalJson.of(CardSchema.signed(card()))));
        jws.sign(new MACSigner(secret));
        var card = card();
        card.putArray("signatures").addObject().put("protected", jws.getHeader().toBase64URL().toString())
                .put("signature", jws.getSignature().toString());
        assertNotGenuine(card, trusting(KEY), "does not fit its key");
        var none = "{\"alg\":\"none\",\"kid\":\"" + KEY.id() + "\"}";
        card.putArray("signatures").addObject().put("protected", Base64.getUrlEncoder().withoutPadding()
                .encodeToString(none.getBytes(StandardCharsets.UTF_8))).put("signature", "");
        assertNotGenuine(card, trusting(KEY), "header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "!", "e30", "bm8gSlNPTg", "eyJhbGciOiJFUzI1NiJ9"})
    void refusesHeadersThatSayNothing(String header) {
        var card = card();
        card.putArray("signatures").addObject().put("protected", header).put("signature", "AAAA");
        assertNotGenuine(card, trusting(KEY), "signatures[0]");
        card.remove("signatures");
        assertNotGenuine(card, trusting(KEY), "there is none");
    }

    @Test
    void readsKeysAsFilesHoldThem(@TempDir Path folder) throws Exception {
        var curve = CardKeys.curve();
        var both = CardKeys.pem("PRIVATE KEY", curve.toECPrivateKey().getEncoded())
                + CardKeys.pem("PUBLIC KEY", curve.toECPublicKey().getEncoded());
        var file = Files.writeString(folder.resolve("key.pem"), both);
        assertThat(CardKey.read(file).id()).isEqualTo(curve.computeThumbprint().toString());
        var rsa = CardKeys.rsa();
        assertThat(CardKey.parse(CardKeys.pem("PRIVATE KEY", rsa.toRSAPrivateKey().getEncoded())).id())
                .isEqualTo(rsa.computeThumbprint().toString());
        assertThat(KEY.publicKeys().path("keys").path(0).has("d")).isFalse();
        assertThat(KEY.publicKeys().path("keys").path(0).path("use").asString()).isEqualTo("sig");
        assertThat(KEY.toString()).isEqualTo("ES256 curve");
    }

    @Test
    void saysWhatIsWrongWithAKey(@TempDir Path folder) throws IOException, JOSEException {
        assertInvalidKey(() -> CardKey.read(folder.resolve("none")), "cannot be read");
        var large = Files.writeString(folder.resolve("large"), " ".repeat(100_000));
        assertInvalidKey(() -> CardKey.read(large), "larger than");
        assertInvalidKey(() -> CardKey.parse("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----"),
                "no PEM block PRIVATE KEY");
        assertInvalidKey(() -> CardKey.parse(CardKeys.pem("PRIVATE KEY", new byte[40])), "PUBLIC KEY",
                "cannot be read");
        assertInvalidKey(() -> CardKey.parse("{\"kty\":\"EC\",\"d\":\"top-secret\"}"), "cannot be read");
        assertInvalidKey(() -> CardKey.parse(CardKeys.curve().toPublicJWK().toJSONString()), "no private key");
        assertInvalidKey(() -> CardKey.parse(CardKeys.curve(Curve.P_384).toJSONString()), "384 bits");
        var one = CardKeys.curve();
        var other = CardKeys.curve();
        assertInvalidKey(() -> CardKey.parse(CardKeys.pem("PRIVATE KEY", one.toECPrivateKey().getEncoded())),
                "no PEM block PUBLIC KEY");
        assertInvalidKey(() -> CardKey.parse(CardKeys.pem("PRIVATE KEY", one.toECPrivateKey().getEncoded())
                + CardKeys.pem("PUBLIC KEY", other.toECPublicKey().getEncoded())), "does not belong");
    }

    private interface Failing {
        void run() throws Exception;
    }

    private static void assertInvalidKey(Failing parsing, String... oneOf) {
        assertThatThrownBy(parsing::run).isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(List.of(oneOf)).anySatisfy(part -> assertThat(e).hasMessageContaining(part)))
                .hasMessageContaining("openssl genpkey").hasMessageNotContaining("top-secret");
    }

    private static void assertNotGenuine(ObjectNode card, KeySource keys, String why) {
        assertThatThrownBy(() -> new CardVerifier(keys).verify(card)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(why);
    }

    private static KeySource trusting(CardKey key) {
        return (id, _) -> Optional.of(key.publicKeys().toString().replace("\"" + key.id() + "\"", "\"" + id + "\""));
    }

    private static ObjectNode signed(CardKey key) {
        return new CardSigner(key, KEYS).sign(card());
    }

    private static ObjectNode card() {
        return (ObjectNode) JSON.readTree("""
            {"name": "agent", "description": "", "version": "1", "documentationUrl": "", "iconUrl": null,
             "endpoints": {"execute": "/here"}, "protocolVersion": "0.3",
             "supportedInterfaces": [{"url": "https://a.example", "protocolBinding": "GRPC", "tenant": "",
                                      "protocolVersion": "1.0"}],
             "capabilities": {"streaming": false, "multimodal": false, "extensions": [
                 {"uri": "urn:x", "description": "", "required": false, "params": {"empty": ""}}]},
             "securitySchemes": {"key": {"apiKeySecurityScheme":
                 {"description": "", "location": "header", "name": "K"}}},
             "securityRequirements": [{"schemes": {"key": {"list": []}}}],
             "defaultInputModes": [], "defaultOutputModes": ["text/plain"], "signatures": [],
             "skills": [{"id": "s", "name": "s", "description": "does", "tags": [], "examples": [],
                         "input_schema": {"type": "object"}}]}""");
    }
}
