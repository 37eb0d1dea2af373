package dev.howdah.agent.mcp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a request goes on with after the client was asked for something. It travels through the client, so it is signed,
 * belongs to one request (its method, subject and arguments) and ends. Whoever has the key can go on with it: any
 * instance.
 */
final class RequestStates {
    /** How long a person may take to answer. */
    static final Duration TIME = Duration.ofHours(24);
    /** Characters of a state, signed. */
    static final int LENGTH_MAX = 1 << 16;

    private static final String ALGORITHM = "HmacSHA256";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    /** Clients may send the same arguments in another order. */
    private static final JsonMapper JSON = JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();

    private final Supplier<byte[]> key;
    private final InstantSource clock;

    /**
     * States signed with one key.
     *
     * @param key asked for when it is needed first
     */
    RequestStates(Supplier<byte[]> key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
    }

    /**
     * Signs a state.
     *
     * @param subject the request that it belongs to
     */
    String sign(JsonNode state, JsonNode subject) {
        var payload = JSON.createObjectNode().put("ends", clock.instant().plus(TIME).getEpochSecond());
        payload.set("state", state);
        var text = ENCODER.encodeToString(payload.toString().getBytes(StandardCharsets.UTF_8));
        return text + "." + ENCODER.encodeToString(mac(text, subject));
    }

    /**
     * The state that was signed.
     *
     * @throws McpException if it was not signed here, belongs to another request or has ended
     */
    JsonNode verify(String signed, JsonNode subject) {
        int dot = signed.indexOf('.');
        if (dot < 0 || signed.length() > LENGTH_MAX
                || !MessageDigest.isEqual(ENCODER.encode(mac(signed.substring(0, dot), subject)),
                        signed.substring(dot + 1).getBytes(StandardCharsets.UTF_8))) {
            throw invalid("requestState is not what this request was answered with");
        }
        try {
            var payload = JSON.readTree(Base64.getUrlDecoder().decode(signed.substring(0, dot)));
            if (payload.path("ends").asLong() < clock.instant().getEpochSecond()) {
                throw invalid("requestState has ended");
            }
            return payload.path("state");
        } catch (JacksonException | IllegalArgumentException e) {
            throw invalid("requestState cannot be read");
        }
    }

    private byte[] mac(String text, JsonNode subject) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.get(), ALGORITHM));
            mac.update(text.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) '.');
            return mac.doFinal(JSON.writeValueAsBytes(subject));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has " + ALGORITHM, e);
        }
    }

    private static McpException invalid(String problem) {
        return new McpException(McpErrorCode.INVALID_PARAMS, problem,
                "send requestState unchanged, with the same name and arguments, or begin again without it");
    }
}
