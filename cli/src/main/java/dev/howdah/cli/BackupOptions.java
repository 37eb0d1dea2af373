package dev.howdah.cli;

import dev.howdah.operations.backup.BackupEngine;
import dev.howdah.operations.backup.BackupSettings;
import dev.howdah.server.HowdahSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands of backups: the settings, and another engine than they name. */
final class BackupOptions {
    @Mixin
    private Settings own = new Settings();

    @Option(names = "--engine", paramLabel = "ENGINE", description = "logical, dump or pgbackrest, instead of howdah.operations.backup-engine.")
    private @Nullable String engine;

    HowdahSettings load() {
        return own.load(engine == null ? Map.of() : Map.of(BackupSettings.ENGINE.name(), engine));
    }

    /** Whether a backup of the whole server is meant. */
    boolean isPhysical(HowdahSettings settings) {
        return settings.backup().engine() == BackupEngine.PGBACKREST;
    }
}
