package dev.howdah.agent.card;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What cards are signed with: a key on the curve P-256 (ES256), or an RSA key of at least 2048 bits (RS256). Its text shows
 * only its name. Thread-safe.
 */
public final class CardKey {
    private static final int FILE_BYTES_MAX = 64 << 10;
    private static final int RSA_BITS_MIN = 2048;
    private static final String REMEDY = "name a file with a JWK, or with PEM of PKCS #8: openssl genpkey -algorithm EC "
            + "-pkeyopt ec_paramgen_curve:P-256 -out card.pem && openssl pkey -in card.pem -pubout >> card.pem";
    private static final Pattern PRIVATE_PEM = pem("PRIVATE KEY");
    private static final Pattern PUBLIC_PEM = pem("PUBLIC KEY");

    private final JWK jwk;
    private final JWSAlgorithm algorithm;
    private final JWSSigner signer;

    private CardKey(JWK jwk, JWSAlgorithm algorithm, JWSSigner signer) {
        this.jwk = jwk;
        this.algorithm = algorithm;
        this.signer = signer;
    }

    /**
     * Reads a private key with its public one: as a JWK, or as PEM of PKCS #8, which for the curve needs the public key as a
     * second block.
     *
     * @throws InvalidInputException if there is no such file, or no such key in it
     */
    public static CardKey read(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw invalid(file + " is larger than " + FILE_BYTES_MAX + " bytes");
            }
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw invalid(file + " cannot be read");
        }
    }

    /** The same from the text of such a file. */
    public static CardKey parse(String text) {
        try {
            return of(text.stripLeading().startsWith("{") ? JWK.parse(text) : fromPem(text));
        } catch (ParseException | JOSEException | GeneralSecurityException | IllegalArgumentException e) {
            // Its message may repeat what the file holds.
            throw invalid("the key cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** The name by which verifiers find it: the one in the JWK, else its thumbprint (RFC 7638). */
    public String id() {
        return jwk.getKeyID();
    }

    /** What verifiers need, as a JWK Set (RFC 7517). */
    public ObjectNode publicKeys() {
        return (ObjectNode) JsonMapper.shared().readTree(new JWKSet(jwk.toPublicJWK()).toString());
    }

    JWSAlgorithm algorithm() {
        return algorithm;
    }

    JWSSigner signer() {
        return signer;
    }

    @Override
    public String toString() {
        return algorithm + " " + id();
    }

    private static CardKey of(JWK given) throws JOSEException {
        if (!given.isPrivate()) {
            throw invalid("there is no private key in it");
        }
        return switch (given) {
            case ECKey key when key.getCurve().equals(Curve.P_256) -> checked(new CardKey(
                    new ECKey.Builder(key).keyUse(KeyUse.SIGNATURE).algorithm(JWSAlgorithm.ES256).keyID(name(key))
                            .build(),
                    JWSAlgorithm.ES256, new ECDSASigner(key)), new ECDSAVerifier(key));
            case RSAKey key when key.size() >= RSA_BITS_MIN -> checked(new CardKey(
                    new RSAKey.Builder(key).keyUse(KeyUse.SIGNATURE).algorithm(JWSAlgorithm.RS256).keyID(name(key))
                            .build(),
                    JWSAlgorithm.RS256, new RSASSASigner(key)), new RSASSAVerifier(key));
            default -> throw invalid("it is of the kind " + given.getKeyType() + " with " + given.size()
                    + " bits, not of P-256 or RSA with at least " + RSA_BITS_MIN);
        };
    }

    /** The two halves come from different places, so that they may not belong together. */
    private static CardKey checked(CardKey key, JWSVerifier verifier) throws JOSEException {
        var probe = new JWSObject(new JWSHeader(key.algorithm), new Payload("probe"));
        probe.sign(key.signer);
        if (!probe.verify(verifier)) {
            throw invalid("its private key does not belong to its public key");
        }
        return key;
    }

    private static String name(JWK key) throws JOSEException {
        return key.getKeyID() == null ? key.computeThumbprint().toString() : key.getKeyID();
    }

    private static JWK fromPem(String text) throws GeneralSecurityException {
        var pkcs8 = new PKCS8EncodedKeySpec(block(PRIVATE_PEM, text).orElseThrow(
                () -> invalid("there is no PEM block PRIVATE KEY in it")));
        try {
            var rsa = (RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(pkcs8);
            var spec = new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent());
            return new RSAKey.Builder((RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec))
                    .privateKey(rsa).build();
        } catch (InvalidKeySpecException e) {
            return curveFromPem(pkcs8, text);
        }
    }

    private static JWK curveFromPem(PKCS8EncodedKeySpec pkcs8, String text) throws GeneralSecurityException {
        var factory = KeyFactory.getInstance("EC");
        var secret = (ECPrivateKey) factory.generatePrivate(pkcs8);
        var open = (ECPublicKey) factory.generatePublic(new X509EncodedKeySpec(block(PUBLIC_PEM, text).orElseThrow(
                () -> invalid("there is no PEM block PUBLIC KEY behind the private key"))));
        return new ECKey.Builder(Curve.forECParameterSpec(open.getParams()), open).privateKey(secret).build();
    }

    private static Optional<byte[]> block(Pattern pem, String text) {
        var found = pem.matcher(text);
        return found.find() ? Optional.of(Base64.getMimeDecoder().decode(found.group(1))) : Optional.empty();
    }

    private static Pattern pem(String name) {
        return Pattern.compile("-----BEGIN " + name + "-----([A-Za-z0-9+/=\\s]+)-----END " + name + "-----");
    }

    private static InvalidInputException invalid(String problem) {
        return new InvalidInputException("card-key-invalid", "", problem, REMEDY);
    }
}
