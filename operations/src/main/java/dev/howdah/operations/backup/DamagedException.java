package dev.howdah.operations.backup;

import java.io.IOException;

/** What is read of a backup is not what was written. */
final class DamagedException extends IOException {
    DamagedException(String message) {
        super(message);
    }

    DamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
