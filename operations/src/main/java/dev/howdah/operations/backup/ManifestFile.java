package dev.howdah.operations.backup;

import dev.howdah.operations.backup.target.BackupTarget;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.EncryptionKeys;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * A manifest as it is stored: one line of JSON, and one line that seals it. The seal is the SHA-256 of the first line, which
 * a key encrypts and authenticates together with the name of the backup if there is one. Read strictly: every bit counts.
 */
final class ManifestFile {
    private static final JsonMapper JSON = JsonMapper.builder().propertyNamingStrategy(
            PropertyNamingStrategies.SNAKE_CASE).build();
    private static final String SHA256 = "sha256 ";
    private static final String SEALED = "sealed ";

    private ManifestFile() {}

    static byte[] write(Manifest manifest, EncryptionKeys keys) {
        var json = JSON.writeValueAsString(manifest);
        var digest = sha256(json.getBytes(StandardCharsets.UTF_8));
        var seal = manifest.key()
                .map(key -> SEALED + key + " " + Base64.getEncoder().encodeToString(keys.encrypt(key, manifest.name(),
                        digest)))
                .orElseGet(() -> SHA256 + HexFormat.of().formatHex(digest));
        return (json + "\n" + seal + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The manifest of a backup, checked.
     *
     * @throws NotFoundException if there is no such backup
     * @throws ConflictException if it is damaged, needs another key, or is plain although there are keys
     * @throws UnavailableException if the target does not answer
     */
    static Manifest read(BackupTarget target, String name, EncryptionKeys keys) {
        var lines = lines(target, name);
        var manifest = parse(name, lines.json);
        if (manifest.format() > Manifest.FORMAT) {
            throw new ConflictException("backup-too-new", name + " was made by Howdah " + manifest.howdahVersion()
                    + " in format " + manifest.format() + "; this one reads up to " + Manifest.FORMAT,
                    "use that version or a newer one");
        }
        checkSeal(name, manifest, lines, keys);
        return manifest;
    }

    /**
     * The manifest of a backup as far as it can be read without a key, for a list: not to be restored from.
     *
     * @throws ConflictException if it cannot be read
     */
    static Manifest peek(BackupTarget target, String name) {
        return parse(name, lines(target, name).json);
    }

    private record Lines(String json, String seal) {}

    private static Lines lines(BackupTarget target, String name) {
        try {
            var bytes = target.manifest(name);
            var text = new String(bytes, StandardCharsets.UTF_8);
            int end = text.indexOf('\n');
            if (end < 0 || !text.endsWith("\n") || !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
                throw damaged(name, "its manifest is not two lines of text");
            }
            return new Lines(text.substring(0, end), text.substring(end + 1, text.length() - 1));
        } catch (NoSuchFileException e) {
            throw new NotFoundException("backup-not-found", "there is no backup " + name + " in " + target.location(),
                    "see: howdah backups");
        } catch (IOException e) {
            throw new UnavailableException("backup-target-unavailable", target.location() + " cannot be read: " + e
                    .getMessage(), "check that it is there, and the rights", e);
        }
    }

    private static Manifest parse(String name, String json) {
        try {
            var manifest = JSON.readValue(json, Manifest.class);
            if (manifest == null || !manifest.name().equals(name)) {
                throw damaged(name, "its manifest is that of another backup");
            }
            return manifest;
        } catch (JacksonException | NullPointerException e) { // a member that must be there is missing
            throw damaged(name, "its manifest cannot be read");
        }
    }

    private static void checkSeal(String name, Manifest manifest, Lines lines, EncryptionKeys keys) {
        var digest = sha256(lines.json.getBytes(StandardCharsets.UTF_8));
        if (manifest.key().isEmpty()) {
            if (!lines.seal.equals(SHA256 + HexFormat.of().formatHex(digest))) {
                throw damaged(name, "its manifest was changed");
            }
            if (keys.current().isPresent()) { // somebody who may write to the target could have put it there
                throw new ConflictException("backup-plain", name + " is not encrypted, although keys are configured",
                        "if you trust it, unset howdah.operations.backup-keys for this command");
            }
            return;
        }
        var key = manifest.key().get();
        var prefix = SEALED + key + " ";
        try {
            var sealed = Base64.getDecoder().decode(lines.seal.startsWith(prefix)
                    ? lines.seal.substring(prefix.length())
                    : "");
            var isExact = lines.seal.equals(prefix + Base64.getEncoder().encodeToString(sealed));
            if (!isExact || !MessageDigest.isEqual(digest, keys.decrypt(key, name, sealed))) {
                throw damaged(name, "its manifest was changed");
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new ConflictException("backup-key-wrong", "the manifest of " + name + " cannot be opened with key \""
                    + key + "\": it is missing, another one, or the manifest was changed",
                    "set the key with which it was made in howdah.operations.backup-keys, or use another backup");
        }
    }

    static ConflictException damaged(String name, String problem) {
        return new ConflictException("backup-damaged", name + " is damaged: " + problem,
                "use another one, see: howdah backups");
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
