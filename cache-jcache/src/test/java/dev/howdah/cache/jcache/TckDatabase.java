package dev.howdah.cache.jcache;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Gives the provider that the TCK finds a database, and leave to serialize the types of the suite. */
public final class TckDatabase implements LauncherSessionListener {
    static final String TYPES = "org.jsr107.tck.**,javax.cache.**,domain.*";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        System.getProperties().put(HowdahCachingProvider.DATABASE, migrated());
        System.setProperty(HowdahCachingProvider.SERIALIZABLE, TYPES);
    }

    static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("cache")).up();
        return database;
    }
}
