package dev.howdah.cache.jcache;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.util.Properties;

/** The provider as the TCK gets it: on a database of the tests, with the suite's own types allowed to be serialized. */
public final class TckCachingProvider extends HowdahCachingProvider {
    private static final Database MIGRATED = migrated();

    public TckCachingProvider() {
        super(properties());
    }

    private static Properties properties() {
        var properties = new Properties();
        properties.put(DATABASE, MIGRATED);
        properties.put(SERIALIZABLE, "org.jsr107.tck.**,javax.cache.**,domain.*");
        return properties;
    }

    private static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("cache")).up();
        return database;
    }
}
