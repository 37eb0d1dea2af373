package dev.howdah.operations.backup;

import java.time.Duration;

/**
 * What was checked: every file of the backup was read, decrypted and decompressed to its end.
 *
 * @param bytes as stored
 * @param rawBytes before compression
 */
public record VerifyReport(String backup, int files, long rows, long bytes, long rawBytes, Duration duration) {}
