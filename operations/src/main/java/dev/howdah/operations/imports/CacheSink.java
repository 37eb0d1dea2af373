package dev.howdah.operations.imports;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheLoad;
import dev.howdah.cache.Caches;
import dev.howdah.postgres.Transaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A cache. */
final class CacheSink implements Sink {
    private final CacheLoad load;
    private final DatabaseClock clock;

    CacheSink(Caches caches, String name, DatabaseClock clock) {
        this.load = new CacheLoad(caches.open(name));
        this.clock = clock;
    }

    @Override
    public List<? extends Item.Stored> write(Transaction tx, List<? extends Item.Stored> items) {
        var now = clock.now();
        load.write(tx, items.stream().filter(Item.Entry.class::isInstance).map(Item.Entry.class::cast)
                .map(entry -> new CacheLoad.Loaded(entry.key(), entry.value(), entry.expiresAt(), entry.expiresAt()
                        .map(at -> Duration.between(now, at).toMillis()).orElse(0L)))
                .toList());
        return items;
    }

    @Override
    public byte[] key(Item.Stored item) {
        return ((Item.Entry) item).key().bytes();
    }

    @Override
    public Map<String, Kept> read(Transaction tx, List<byte[]> keys) {
        var found = new HashMap<String, Kept>();
        load.read(tx, keys.stream().map(CacheKey::of).toList()).forEach((key, entry) -> found.put(
                HexFormat.of().formatHex(key.bytes()), new Kept(RedisMapping.checksum(key, entry.value()), entry
                        .expiresAt())));
        return found;
    }
}
