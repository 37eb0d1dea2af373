package dev.howdah.operations.imports;

import com.moilioncircle.redis.replicator.Configuration;
import com.moilioncircle.redis.replicator.FileType;
import com.moilioncircle.redis.replicator.RedisReplicator;
import com.moilioncircle.redis.replicator.Replicator;
import com.moilioncircle.redis.replicator.event.Event;
import com.moilioncircle.redis.replicator.event.PostRdbSyncEvent;
import com.moilioncircle.redis.replicator.rdb.DefaultRdbVisitor;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueHash;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueList;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueModule;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueSet;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueStream;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueString;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueTTLHash;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueZSet;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyValuePair;
import com.moilioncircle.redis.replicator.rdb.datatype.Module;
import com.moilioncircle.redis.replicator.rdb.datatype.ZSetEntry;
import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads a snapshot of Redis. Its place is the number of keys that were read: an RDB file can be read from its beginning only. */
final class RdbReader implements Reader {
    private static final String READ = "read";
    /** Redis writes large ones from the highest on. */
    private static final Comparator<ZSetEntry> BY_SCORE = Comparator.comparingDouble(ZSetEntry::getScore)
            .thenComparing(ZSetEntry::getElement, Arrays::compareUnsigned);

    private final Path file;
    private final ImportSource.RedisFile source;
    private final RedisMapping mapping;
    private final ImportSettings settings;
    private final DatabaseClock clock;

    RdbReader(ImportSource.RedisFile source, ImportTarget target, Limits limits, ImportSettings settings,
            DatabaseClock clock) {
        this.source = source;
        this.file = source.file();
        this.mapping = new RedisMapping(target, source.databases().size() != 1, limits.cacheValueMax(),
                limits.documents());
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return "rdb";
    }

    @Override
    public String source() {
        return file.toAbsolutePath().normalize() + (source.databases().isEmpty()
                ? ""
                : " databases " + source.databases().stream().sorted().map(String::valueOf).toList());
    }

    @Override
    public List<String> parts() {
        return List.of(String.valueOf(file.getFileName()));
    }

    @Override
    public long total() {
        return 0;
    }

    @Override
    public void read(String part, Optional<ObjectNode> from, Emitter out) throws InterruptedException {
        RdbCheck.check(file);
        var keys = new Keys(part, from.map(position -> position.path(READ).asLong()).orElse(0L), out);
        SourceFiles.reading(file, in -> {
            replicate(in, keys);
            return keys;
        });
        keys.end();
    }

    private static void replicate(InputStream in, Keys keys) throws IOException {
        try (var replicator = new RedisReplicator(in, FileType.RDB, Configuration.defaultSetting())) {
            replicator.setRdbVisitor(new DefaultRdbVisitor(replicator, new RdbValues(replicator)));
            replicator.addEventListener(keys::on);
            // What a listener throws is caught and handed over here; reading ends by closing.
            replicator.addExceptionListener((reading, thrown, _) -> keys.failed(reading, thrown));
            replicator.open();
        } catch (RuntimeException | AssertionError e) {
            keys.failure = keys.failure == null ? e : keys.failure;
        }
    }

    /** Gathers what the library tells, one key after another. */
    private final class Keys {
        private final String part;
        private final long skip;
        private final Emitter out;
        private List<Raw> records = new ArrayList<>();
        private long read;
        private long bytes;
        private boolean isWhole;
        private @Nullable Throwable failure;

        Keys(String part, long skip, Emitter out) {
            this.part = part;
            this.skip = skip;
            this.out = out;
        }

        void on(Replicator replicator, Event event) {
            if (failure != null) {
                return;
            }
            try {
                if (event instanceof KeyValuePair<?, ?> pair && pair.getKey() instanceof byte[] key) {
                    add(key, pair);
                } else if (event instanceof PostRdbSyncEvent) {
                    isWhole = true;
                }
            } catch (InterruptedException e) {
                failed(replicator, e);
            }
        }

        void failed(Replicator replicator, Throwable thrown) {
            failure = failure == null ? thrown : failure;
            try {
                replicator.close();
            } catch (IOException e) {
                thrown.addSuppressed(e);
            }
        }

        private void add(byte[] key, KeyValuePair<?, ?> pair) throws InterruptedException {
            int database = pair.getDb() == null ? 0 : (int) pair.getDb().getDbNumber();
            if (++read <= skip || !isWanted(database)) {
                return;
            }
            var value = value(pair);
            var expires = pair.getExpiredMs() != null
                    ? pair.getExpiredMs()
                    : pair.getExpiredSeconds() != null ? Long.valueOf(pair.getExpiredSeconds() * 1000L) : null;
            var expiresAt = Optional.ofNullable(expires).map(Instant::ofEpochMilli);
            boolean isOver = expiresAt.isPresent() && !expiresAt.get().isAfter(clock.now());
            records.add(isOver
                    ? () -> new Item.Expired(value.type())
                    : () -> mapping.item(database, key, value,
                            expiresAt));
            bytes += key.length + size(value);
            if (records.size() >= settings.batchRows() || bytes >= settings.batchBytes()) {
                emit(false);
            }
        }

        private void emit(boolean isLast) throws InterruptedException {
            var position = JsonMapper.shared().createObjectNode().put(READ, read);
            out.emit(new Batch(part, records, position, read, isLast));
            records = new ArrayList<>();
            bytes = 0;
        }

        void end() throws InterruptedException {
            if (failure instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            if (failure instanceof dev.howdah.postgres.HowdahException known) {
                throw known;
            }
            if (failure != null) {
                throw SourceFiles.damaged(file, "cannot be read behind key " + read + ": " + failure.getMessage());
            }
            if (!isWhole) {
                throw SourceFiles.damaged(file, "ends in the middle of a record: it is truncated");
            }
            emit(true);
        }
    }

    private boolean isWanted(int database) {
        return source.databases().isEmpty() || source.databases().contains(database);
    }

    private RedisValue value(KeyValuePair<?, ?> pair) {
        var value = switch (pair) {
            case KeyStringValueString text -> new RedisValue.Text(text.getValue());
            case KeyStringValueHash hash -> new RedisValue.Hash(List.copyOf(hash.getValue().entrySet()), 0);
            case KeyStringValueTTLHash hash -> ofExpiring(hash);
            case KeyStringValueList list -> new RedisValue.Elements(list.getValue());
            case KeyStringValueSet set -> new RedisValue.Members(List.copyOf(set.getValue()));
            case KeyStringValueZSet scored -> new RedisValue.Scored(scored.getValue().stream().sorted(BY_SCORE)
                    .map(entry -> Map.entry(entry.getElement(), entry.getScore())).toList());
            case KeyStringValueStream _ -> new RedisValue.Other("stream");
            case KeyStringValueModule module -> new RedisValue.Other(type(module.getValue()));
            default -> new RedisValue.Other("type " + pair.getValueRdbType());
        };
        long bytes = size(value);
        return bytes > settings.recordMax() ? new RedisValue.TooLarge(value.type(), bytes) : value;
    }

    private static RedisValue ofExpiring(KeyStringValueTTLHash hash) {
        var fields = new ArrayList<Map.Entry<byte[], byte[]>>();
        int expiring = 0;
        for (var entry : hash.getValue().entrySet()) {
            fields.add(Map.entry(entry.getKey(), entry.getValue().getValue()));
            expiring += entry.getValue().getExpires() == null ? 0 : 1;
        }
        return new RedisValue.Hash(fields, expiring);
    }

    private static String type(@Nullable Module module) {
        return module == null ? "module" : "module " + module.getClass().getSimpleName();
    }

    private static long size(RedisValue value) {
        return switch (value) {
            case RedisValue.Text(var bytes) -> bytes.length;
            case RedisValue.Hash(var fields, var _) ->
                fields.stream().mapToLong(field -> field.getKey().length + field.getValue().length).sum();
            case RedisValue.Elements(var elements) -> elements.stream().mapToLong(element -> element.length).sum();
            case RedisValue.Members(var members) -> members.stream().mapToLong(member -> member.length).sum();
            case RedisValue.Scored(var members) -> members.stream().mapToLong(member -> member.getKey().length + 8L)
                    .sum();
            case RedisValue.Other _,RedisValue.TooLarge _ -> 0;
        };
    }
}
