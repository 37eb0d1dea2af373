package dev.howdah.bench;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import java.util.function.IntFunction;

/** Ours on PostgreSQL. */
final class HowdahPeer extends TaskQueuePeer {
    /** Tasks from this position on are not ours to wait for. */
    static final long BACKLOG_POSITION = 1_000_000_000_000L;
    private static final String UNFINISHED = """
        SELECT EXISTS (SELECT
                         FROM tasks
                        WHERE queue = 'default' AND priority = 0 AND ready AND position < :backlog)
        """;

    private final Database database;

    HowdahPeer(DatabaseSettings settings) {
        this(settings, TaskQueuePeer::task);
    }

    /**
     * One that enqueues other tasks than usual.
     *
     * @param shape a task by its number, which its payload holds as {@code n}
     */
    HowdahPeer(DatabaseSettings settings, IntFunction<NewTask> shape) {
        this(migrated(settings), shape);
    }

    private HowdahPeer(Database database, IntFunction<NewTask> shape) {
        super(new PostgresTaskQueue(database, QueueSettings.defaults()), shape);
        this.database = database;
    }

    private static Database migrated(DatabaseSettings settings) {
        var database = Database.open(settings.withPool(25, 10));
        new Migrator(database, Migrations.ofModules("queue")).up();
        return database;
    }

    Database database() {
        return database;
    }

    @Override
    boolean isUnfinished() {
        return database.withHandle(handle -> handle.createQuery(UNFINISHED).bind("backlog", BACKLOG_POSITION)
                .mapTo(Boolean.class).one());
    }

    @Override
    public void close() {
        stop();
        database.close();
    }
}
