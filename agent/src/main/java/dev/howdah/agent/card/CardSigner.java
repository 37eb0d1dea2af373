package dev.howdah.agent.card;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Signs cards (section 8.4 of A2A 1.0): JWS over the canonical form of what {@link CardSchema} covers. Where that holds
 * something empty, there is a second signature over the form without it, because verifiers differ there and are content
 * with one. Thread-safe.
 */
final class CardSigner {
    private final CardKey key;
    private final JWSHeader header;

    /**
     * Signs with a key.
     *
     * @param keys where verifiers find the public one
     */
    CardSigner(CardKey key, URI keys) {
        this.key = key;
        this.header = new JWSHeader.Builder(key.algorithm()).keyID(key.id()).type(JOSEObjectType.JOSE).jwkURL(keys)
                .build();
    }

    /** The card with signatures, in place of those that it had. */
    ObjectNode sign(ObjectNode card) {
        var signed = card.deepCopy();
        var signatures = signed.putArray("signatures");
        forms(card).forEach(form -> signatures.add(signature(form)));
        return signed;
    }

    /** What verifiers may take to be covered, each once. */
    static List<byte[]> forms(ObjectNode card) {
        var forms = new ArrayList<byte[]>();
        Stream.of(CardSchema.signed(card), CardSchema.signedWithoutEmpty(card)).distinct()
                .forEach(form -> forms.add(CanonicalJson.of(form)));
        return forms;
    }

    private ObjectNode signature(byte[] form) {
        try {
            var jws = new JWSObject(header, new Payload(form));
            jws.sign(key.signer());
            return JsonMapper.shared().createObjectNode().put("protected", jws.getHeader().toBase64URL().toString())
                    .put("signature", jws.getSignature().toString());
        } catch (JOSEException e) {
            throw new IllegalStateException("the key was checked when it was read", e);
        }
    }
}
