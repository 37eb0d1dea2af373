package dev.howdah.queue;

import dev.howdah.postgres.EncryptionKeys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
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
    private static final String SETTING = "howdah.queue.encryption-keys";
    /** What a stored value may unfold to: a small one could be made to fill the memory. */
    private static final int JSON_BYTES_MAX = 64 << 20;

    private final EncryptionKeys keys;
    private final @Nullable String current;
    private final int compressFrom;

    private SealedPayloads(EncryptionKeys keys, int compressFrom) {
        this.keys = keys;
        this.current = keys.current().orElse(null);
        this.compressFrom = compressFrom;
    }

    /**
     * The codec of the settings.
     *
     * @param keys {@code name:base64} of 32 bytes each, separated by commas; the first one encrypts, all of them decrypt
     * @param compressFrom characters from which on a payload is compressed; 0 for never
     */
    static PayloadCodec of(String keys, int compressFrom) {
        return new SealedPayloads(EncryptionKeys.parse(SETTING, keys), compressFrom);
    }

    /** What is wrong with the keys; empty if nothing is. Never says what they are. */
    static List<String> problems(String keys) {
        return EncryptionKeys.problems(SETTING, keys);
    }

    @Override
    public String encode(String json) {
        boolean compresses = compressFrom > 0 && json.length() >= compressFrom;
        if (current == null && !compresses) {
            return json.contains(MARK) ? wrap(GZIP, gzip(json)) : json; // or it could be taken for a sealed one
        }
        var data = gzip(json);
        return current == null ? wrap(GZIP, data) : wrap(current, keys.encrypt(current, "", data));
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
            return gunzip(name.equals(GZIP) ? data : keys.decrypt(name, "", data));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            LOG.error("A payload or result sealed with \"{}\" cannot be opened; is its key among "
                    + "howdah.queue.encryption-keys? {}", name, e.getMessage());
            return stored;
        }
    }

    private static String wrap(String name, byte[] data) {
        return "{\"$sealed\":\"" + name + "\",\"data\":\"" + Base64.getEncoder().encodeToString(data) + "\"}";
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
