package dev.howdah.agent.card;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells whether a card is genuine. One good signature is enough. Signers differ in what they take to be covered: the
 * protocol's fields with or without what is empty, or the whole document; so all three are tried, and the answer is what was
 * covered, never the card itself. Thread-safe if its key source is.
 */
public final class CardVerifier {
    /** Signatures of one card that are looked at. */
    public static final int SIGNATURES_MAX = 8;
    /** Characters of a key set. */
    public static final int KEY_SET_MAX = 64 << 10;

    private final KeySource keys;

    public CardVerifier(KeySource keys) {
        this.keys = keys;
    }

    /** Where public keys come from. Only keys that belong to the expected agent may be given out: whoever has one can sign. */
    @FunctionalInterface
    public interface KeySource {
        /**
         * Finds a key set.
         *
         * @param keyId the key that is looked for
         * @param address where the signature says that it is; not to be trusted more than the card
         * @return a JWK Set (RFC 7517) as text; absent if there is none that is trusted
         */
        Optional<String> keySet(String keyId, Optional<URI> address);
    }

    /**
     * A genuine card.
     *
     * @param content what was covered, and nothing else
     * @param keyId who signed it
     */
    public record VerifiedCard(ObjectNode content, String keyId) {}

    /**
     * Verifies a card.
     *
     * @throws InvalidInputException if no signature is good; says of each why
     */
    public VerifiedCard verify(ObjectNode card) {
        var faults = new ArrayList<Fault>();
        var signatures = card.path("signatures").valueStream().limit(SIGNATURES_MAX).toList();
        for (int i = 0; i < signatures.size(); i++) {
            try {
                return verify(card, signatures.get(i));
            } catch (Unverified e) {
                faults.add(new Fault("signatures[" + i + "]", e.problem, "ask the agent's operator"));
            }
        }
        if (faults.isEmpty()) {
            faults.add(new Fault("signatures", "there is none", "ask the agent's operator to sign the card"));
        }
        throw new InvalidInputException("card-not-genuine", faults);
    }

    /** Why one signature is no good; the next one may be. */
    private static final class Unverified extends Exception {
        private final String problem;

        Unverified(String problem) {
            super(problem, null, false, false);
            this.problem = problem;
        }
    }

    private VerifiedCard verify(ObjectNode card, JsonNode signature) throws Unverified {
        var encoded = signature.path("protected").asString("");
        var header = header(encoded);
        var verifier = verifier(header, key(header));
        for (var form : forms(card)) {
            var input = (encoded + "." + Base64URL.encode(CanonicalJson.of(form))).getBytes(StandardCharsets.US_ASCII);
            if (isGood(verifier, header, input, signature.path("signature").asString(""))) {
                return new VerifiedCard(form, header.getKeyID());
            }
        }
        throw new Unverified("does not belong to this content");
    }

    private static JWSHeader header(String encoded) throws Unverified {
        try {
            var header = JWSHeader.parse(new Base64URL(encoded));
            if (header.getKeyID() == null) {
                throw new Unverified("names no key (kid)");
            }
            return header;
        } catch (ParseException | IllegalArgumentException e) {
            throw new Unverified("has no readable header");
        }
    }

    private JWK key(JWSHeader header) throws Unverified {
        var set = keys.keySet(header.getKeyID(), Optional.ofNullable(header.getJWKURL()))
                .orElseThrow(() -> new Unverified("is of a key that is not trusted"));
        if (set.length() > KEY_SET_MAX) {
            throw new Unverified("is of a key set with more than " + KEY_SET_MAX + " characters");
        }
        try {
            return Optional.ofNullable(JWKSet.parse(set).getKeyByKeyId(header.getKeyID()))
                    .orElseThrow(() -> new Unverified("is of a key that is not in the key set"));
        } catch (ParseException e) {
            throw new Unverified("is of a key set that cannot be read");
        }
    }

    /** The kind of the key decides, not the header: an HMAC over a public key is no signature. */
    private static JWSVerifier verifier(JWSHeader header, JWK key) throws Unverified {
        var algorithm = header.getAlgorithm();
        try {
            return switch (key) {
                case ECKey curve when JWSAlgorithm.Family.EC.contains(algorithm) -> new ECDSAVerifier(curve);
                case RSAKey rsa when JWSAlgorithm.Family.RSA.contains(algorithm) -> new RSASSAVerifier(rsa);
                default -> throw new Unverified("has the algorithm " + algorithm + ", which does not fit its key");
            };
        } catch (JOSEException e) {
            throw new Unverified("has a key that cannot be used");
        }
    }

    private static boolean isGood(JWSVerifier verifier, JWSHeader header, byte[] input, String signature) {
        try {
            return verifier.verify(header, input, new Base64URL(signature));
        } catch (JOSEException | IllegalArgumentException e) {
            return false;
        }
    }

    private static List<ObjectNode> forms(ObjectNode card) {
        var whole = card.deepCopy();
        whole.remove("signatures");
        return Stream.of(CardSchema.signed(card), CardSchema.signedWithoutEmpty(card), whole).distinct().toList();
    }
}
