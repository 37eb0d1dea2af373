package dev.howdah.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Named keys that encrypt what modules store, by AES-256-GCM: the first one encrypts, all of them decrypt, so that a key is
 * replaced by putting a new one before it. What is made is the nonce, then the encrypted data with its tag. Thread-safe.
 */
public final class EncryptionKeys {
    /** Bytes of a key. */
    public static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Map<String, SecretKey> keys;
    private final SecureRandom random = new SecureRandom();

    private EncryptionKeys(Map<String, SecretKey> keys) {
        this.keys = keys;
    }

    /**
     * Reads the value of a setting.
     *
     * @param setting the name of the setting, for messages
     * @param text {@code name:base64} of 32 bytes each, separated by commas; empty for no keys
     * @throws ConfigurationException if a key is none, or a name is taken or reserved; never says what the keys are
     */
    public static EncryptionKeys parse(String setting, String text) {
        var keys = new LinkedHashMap<String, SecretKey>();
        var problems = new ArrayList<String>();
        for (var part : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int colon = part.indexOf(':');
            var name = colon < 0 ? "" : part.substring(0, colon).strip();
            try {
                var bytes = Base64.getDecoder().decode(part.substring(colon + 1).strip());
                // "gzip" marks what is compressed only
                if (bytes.length != KEY_BYTES || !name.matches("[a-z0-9-]{1,40}") || name.equals("gzip")
                        || keys.put(name, new SecretKeySpec(bytes, "AES")) != null) {
                    problems.add(problem(setting, keys.size() + problems.size() + 1));
                }
            } catch (IllegalArgumentException e) {
                problems.add(problem(setting, keys.size() + problems.size() + 1));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new EncryptionKeys(keys);
    }

    /** What is wrong with the value of a setting; empty if nothing is. Never says what the keys are. */
    public static List<String> problems(String setting, String text) {
        try {
            parse(setting, text);
            return List.of();
        } catch (ConfigurationException e) {
            return e.problems();
        }
    }

    private static String problem(String setting, int number) {
        return setting + ": key " + number + " is not a name, a colon and 32 bytes in Base64, or its "
                + "name is taken; make one with: echo \"k1:$(openssl rand -base64 32)\"";
    }

    /** The name of the key that encrypts; absent if there are no keys. */
    public Optional<String> current() {
        return keys.keySet().stream().findFirst();
    }

    /**
     * Encrypts with a key.
     *
     * @param name one of the keys' names; it is authenticated too
     * @param place where the data belongs, so that it cannot be opened at another place; may be empty
     */
    public byte[] encrypt(String name, String place, byte[] data) {
        try {
            var nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            var sealed = cipher(Cipher.ENCRYPT_MODE, name, place, nonce).doFinal(data);
            return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }

    /**
     * Opens what {@link #encrypt} made.
     *
     * @throws GeneralSecurityException if the key is not known, or the data was changed or belongs to another place
     */
    public byte[] decrypt(String name, String place, byte[] data) throws GeneralSecurityException {
        if (!keys.containsKey(name) || data.length < NONCE_BYTES) {
            throw new GeneralSecurityException("there is no such key");
        }
        return cipher(Cipher.DECRYPT_MODE, name, place, Arrays.copyOf(data, NONCE_BYTES))
                .doFinal(data, NONCE_BYTES, data.length - NONCE_BYTES);
    }

    private Cipher cipher(int mode, String name, String place, byte[] nonce) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, keys.get(name), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
        if (!place.isEmpty()) {
            cipher.updateAAD(("\0" + place).getBytes(StandardCharsets.UTF_8)); // a name holds no NUL: no two are alike
        }
        return cipher;
    }

    /** Not the keys. */
    @Override
    public String toString() {
        return "EncryptionKeys" + keys.keySet();
    }
}
