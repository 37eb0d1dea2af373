package dev.howdah.agent.mcp;

import dev.howdah.postgres.Database;
import java.security.SecureRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The key that signs what travels through clients. Whichever instance needs it first makes it; all others find it in the
 * database. Thread-safe.
 */
public final class McpKeys implements Supplier<byte[]> {
    static final String PUT = """
        INSERT INTO mcp_keys (name, key)
        VALUES (:name, :key)
            ON CONFLICT (name) DO NOTHING
        """;

    static final String FIND = """
        SELECT key
          FROM mcp_keys
         WHERE name = :name
        """;

    private static final String NAME = "request-state";
    private static final int BYTES = 32;

    private final Database database;
    private byte @Nullable [] key;

    public McpKeys(Database database) {
        this.database = database;
    }

    @Override
    public synchronized byte[] get() {
        var known = key;
        if (known == null) {
            known = find();
            key = known;
        }
        return known.clone();
    }

    private byte[] find() {
        var made = new byte[BYTES];
        new SecureRandom().nextBytes(made);
        return database.inTransaction(tx -> {
            tx.handle().createUpdate(PUT).bind("name", NAME).bind("key", made).execute();
            return tx.handle().createQuery(FIND).bind("name", NAME).mapTo(byte[].class).one();
        });
    }
}
