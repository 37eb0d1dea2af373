package dev.howdah.agent.card;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Signs cards and gives them out, with what HTTP needs to keep them. The same content is signed once, because signatures on
 * a curve differ each time, and with them the entity tag would. Thread-safe.
 */
public final class CardPublisher {
    /** Where the public key is found, under the root of the server. */
    public static final String KEYS_PATH = "/.well-known/jwks.json";
    /** Contents that are kept: the addresses that requests name differ. */
    static final int CONTENTS_MAX = 32;

    private final CardSettings settings;
    private final Optional<CardSigner> signer;
    private final Map<String, ServedCard> served = new LinkedHashMap<>(CONTENTS_MAX, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ServedCard> eldest) {
            return size() > CONTENTS_MAX;
        }
    };

    public CardPublisher(CardSettings settings) {
        this.settings = settings;
        this.signer = settings.signingKey().map(key -> new CardSigner(key,
                URI.create(settings.url().map(URI::toString).orElse("") + KEYS_PATH)));
    }

    /** The root that a card names: the configured one, or that of the request. */
    public String root(String ofRequest) {
        return settings.url().map(URI::toString).orElse(ofRequest);
    }

    /** The card with its signatures, if there is a key; fields that the protocol does not know are not covered by them. */
    public ServedCard publish(ObjectNode card) {
        var content = digest(CanonicalJson.of(card));
        synchronized (served) {
            return served.computeIfAbsent(content, _ -> serve(signed(card)));
        }
    }

    /** The same without what HTTP needs. */
    public ObjectNode signed(ObjectNode card) {
        return signer.map(given -> given.sign(card)).orElse(card);
    }

    /** The public keys as a JWK Set, which is empty if cards are not signed. */
    public ObjectNode publicKeys() {
        return settings.signingKey().map(CardKey::publicKeys).orElseGet(() -> {
            var none = JsonMapper.shared().createObjectNode();
            none.putArray("keys");
            return none;
        });
    }

    private static ServedCard serve(ObjectNode card) {
        var json = card.toString();
        return new ServedCard(json, '"' + digest(json.getBytes(StandardCharsets.UTF_8)) + '"',
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    private static String digest(byte[] bytes) {
        try {
            return Base64.getUrlEncoder().withoutPadding()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
