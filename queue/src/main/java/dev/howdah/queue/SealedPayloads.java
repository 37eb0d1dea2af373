package dev.howdah.queue;

import dev.howdah.postgres.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Payloads and results compressed, or compressed and encrypted by AES-256-GCM, in a JSON object that stands in their place:
 * {@code {"$sealed": "<name of the key, or gzip>", "data": "<Base64>"}}. What was stored before, plain or under another of
 * the keys, can be read for as long as the key is configured. Thread-safe.
 */
final class SealedPayloads implements PayloadCodec {
    private static final Logger LOG = LoggerFactory.getLogger(SealedPayloads.class);
    private static final String MARK = "\"$sealed\"";
    private static final String GZIP = "gzip";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    /** What a stored value may unfold to: a small one could be made to fill the memory. */
    private static final int JSON_BYTES_MAX = 64 << 20;

    private final Map<String, SecretKey> keys;
    private final @Nullable String current;
    private final int compressFrom;
    private final SecureRandom random = new SecureRandom();

    private SealedPayloads(Map<String, SecretKey> keys, int compressFrom) {
        this.keys = keys;
        this.current = keys.isEmpty() ? null : keys.keySet().iterator().next();
        this.compressFrom = compressFrom;
    }

    /**
     * The codec of the settings.
     *
     * @param keys {@code name:base64} of 32 bytes each, separated by commas; the first one encrypts, all of them decrypt
     * @param compressFrom characters from which on a payload is compressed; 0 for never
     */
    static PayloadCodec of(String keys, int compressFrom) {
        return new SealedPayloads(parse(keys), compressFrom);
    }

    /** What is wrong with the keys; empty if nothing is. Never says what they are. */
    static List<String> problems(String keys) {
        try {
            parse(keys);
            return List.of();
        } catch (ConfigurationException e) {
            return e.problems();
        }
    }

    private static Map<String, SecretKey> parse(String text) {
        var keys = new LinkedHashMap<String, SecretKey>();
        var problems = new ArrayList<String>();
        for (var part : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int colon = part.indexOf(':');
            var name = colon < 0 ? "" : part.substring(0, colon).strip();
            try {
                var bytes = Base64.getDecoder().decode(part.substring(colon + 1).strip());
                if (bytes.length != KEY_BYTES || !name.matches("[a-z0-9-]{1,40}") || name.equals(GZIP)
                        || keys.put(name, new SecretKeySpec(bytes, "AES")) != null) {
                    problems.add(problem(keys.size() + problems.size() + 1));
                }
            } catch (IllegalArgumentException e) {
                problems.add(problem(keys.size() + problems.size() + 1));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return keys;
    }

    private static String problem(int number) {
        return "howdah.queue.encryption-keys: key " + number + " is not a name, a colon and 32 bytes in Base64, or its "
                + "name is taken; make one with: echo \"k1:$(openssl rand -base64 32)\"";
    }

    @Override
    public String encode(String json) {
        boolean compresses = compressFrom > 0 && json.length() >= compressFrom;
        if (current == null && !compresses) {
            return json.contains(MARK) ? wrap(GZIP, gzip(json)) : json; // or it could be taken for a sealed one
        }
        var data = gzip(json);
        return current == null ? wrap(GZIP, data) : wrap(current, encrypt(current, data));
    }

    /** What cannot be opened stays as it is: one task that is damaged or lacks its key must not stop the others. */
    @Override
    public String decode(String stored) {
        if (!stored.startsWith("{") || !stored.contains(MARK)) {
            return stored;
        }
        var node = JsonMapper.shared().readTree(stored);
        if (node.size() != 2 || !node.path("$sealed").isString() || !node.path("data").isString()) {
            return stored;
        }
        var name = node.path("$sealed").asString();
        try {
            var data = Base64.getDecoder().decode(node.path("data").asString());
            return gunzip(name.equals(GZIP) ? data : decrypt(name, data));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            LOG.error("A payload or result sealed with \"{}\" cannot be opened; is its key among "
                    + "howdah.queue.encryption-keys? {}", name, e.getMessage());
            return stored;
        }
    }

    private static String wrap(String name, byte[] data) {
        return "{\"$sealed\":\"" + name + "\",\"data\":\"" + Base64.getEncoder().encodeToString(data) + "\"}";
    }

    private byte[] encrypt(String name, byte[] data) {
        try {
            var nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            var sealed = cipher(Cipher.ENCRYPT_MODE, name, nonce).doFinal(data);
            return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }

    private byte[] decrypt(String name, byte[] data) throws GeneralSecurityException {
        if (!keys.containsKey(name) || data.length < NONCE_BYTES) {
            throw new GeneralSecurityException("there is no such key");
        }
        return cipher(Cipher.DECRYPT_MODE, name, Arrays.copyOf(data, NONCE_BYTES))
                .doFinal(data, NONCE_BYTES, data.length - NONCE_BYTES);
    }

    private Cipher cipher(int mode, String name, byte[] nonce) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, keys.get(name), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] gzip(String json) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("compressing in memory", e);
        }
        return bytes.toByteArray();
    }

    private static String gunzip(byte[] data) throws IOException {
        try (var zip = new GZIPInputStream(new ByteArrayInputStream(data))) {
            var json = zip.readNBytes(JSON_BYTES_MAX + 1);
            if (json.length > JSON_BYTES_MAX) {
                throw new IOException("it unfolds to more than " + JSON_BYTES_MAX + " bytes");
            }
            return new String(json, StandardCharsets.UTF_8);
        }
    }
}
