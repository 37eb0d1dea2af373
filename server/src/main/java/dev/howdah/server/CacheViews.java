package dev.howdah.server;

import dev.howdah.cache.CacheDescription;
import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheOptions;
import dev.howdah.cache.CacheStatistics;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Durability;
import dev.howdah.cache.EntryDescription;
import dev.howdah.cache.EntryOptions;
import dev.howdah.cache.Eviction;
import dev.howdah.cache.Ttl;
import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Caches and entries as the API shows and takes them. */
final class CacheViews {
    private static final String NEVER = "never";

    private CacheViews() {}

    /** What holds for a cache; what is left out is as by default. Times are durations such as {@code 5m}, or never. */
    record CacheOptionsInput(@Nullable String durability, @Nullable String defaultTtl, @Nullable String ttlMax,
            @Nullable Long entriesMax, @Nullable Long bytesMax, @Nullable String eviction, @Nullable Boolean near,
            @Nullable Long nearBytesMax, @Nullable String nearTtl, @Nullable String negativeTtl) {
        static final CacheOptionsInput NONE = new CacheOptionsInput(null, null, null, null, null, null, null, null,
                null, null);

        CacheOptions toOptions(CacheOptions byDefault) {
            return new CacheOptions(choice("durability", durability, Durability.values(), Durability::label,
                    byDefault.durability()), time("default_ttl", defaultTtl, byDefault.defaultTtl()),
                    time("ttl_max", ttlMax, byDefault.ttlMax()), Optional.ofNullable(entriesMax),
                    Optional.ofNullable(bytesMax),
                    choice("eviction", eviction, Eviction.values(), Eviction::label, byDefault.eviction()),
                    Objects.requireNonNullElse(near, byDefault.near()),
                    Objects.requireNonNullElse(nearBytesMax, byDefault.nearBytesMax()),
                    TaskInput.duration("near_ttl", nearTtl).orElse(byDefault.nearTtl()),
                    TaskInput.duration("negative_ttl", negativeTtl).orElse(byDefault.negativeTtl()));
        }

        private static Optional<Duration> time(String field, @Nullable String text, Optional<Duration> byDefault) {
            return text == null ? byDefault : text.equals(NEVER) ? Optional.empty() : TaskInput.duration(field, text);
        }

        private static <E> E choice(String field, @Nullable String text, E[] values, Function<E, String> labels,
                E byDefault) {
            return text == null
                    ? byDefault
                    : Arrays.stream(values).filter(value -> labels.apply(value).equals(text)).findFirst()
                            .orElseThrow(() -> new InvalidInputException("cache-options-invalid", field,
                                    "\"" + text + "\" is not known", "use one of "
                                            + String.join(", ", Arrays.stream(values).map(labels).toList())));
        }
    }

    record CacheView(String name, String durability, @Nullable Long defaultTtlMs, @Nullable Long ttlMaxMs,
            @Nullable Long entriesMax, @Nullable Long bytesMax, String eviction, boolean near, long nearBytesMax,
            long nearTtlMs, long negativeTtlMs, Instant createdAt, long entries, long bytes,
            @Nullable Instant measuredAt) {
        static CacheView of(CacheDescription cache) {
            var options = cache.options();
            return new CacheView(cache.name(), options.durability().label(),
                    options.defaultTtl().map(Duration::toMillis).orElse(null),
                    options.ttlMax().map(Duration::toMillis).orElse(null), options.entriesMax().orElse(null),
                    options.bytesMax().orElse(null), options.eviction().label(), options.near(),
                    options.nearBytesMax(), options.nearTtl().toMillis(), options.negativeTtl().toMillis(),
                    cache.createdAt(), cache.entries(), cache.bytes(), cache.measuredAt().orElse(null));
        }
    }

    /** An entry without its value. The key is absent if it is no text. */
    record EntryView(@Nullable String key, String keyBase64, String kind, int bytes, String version,
            @Nullable Long ttlMs, Instant createdAt, Instant writtenAt, Instant accessedAt, long accessCount,
            List<String> tags) {
        static EntryView of(EntryDescription entry) {
            return new EntryView(entry.key().text().orElse(null), base64(entry.key()), TaskViews.label(entry.kind()),
                    entry.bytes(), Long.toString(entry.version()),
                    entry.ttl() instanceof Ttl.After after ? (Long) after.time().toMillis() : null, entry.createdAt(),
                    entry.writtenAt(), entry.accessedAt(), entry.accessCount(),
                    entry.tags().stream().sorted().toList());
        }
    }

    record CacheStatisticsView(long hits, long nearHits, long staleHits, long misses, double hitRate, long sets,
            long deletes, long loads, long evictions, long expirations, long totalKeys, long activeKeys,
            long expiredKeys, double avgAccessCount, long maxAccessCount, long bytes, long tableSize,
            @Nullable Instant measuredAt) {
        static CacheStatisticsView of(CacheStatistics all) {
            return new CacheStatisticsView(all.hits(), all.nearHits(), all.staleHits(), all.misses(), all.hitRate(),
                    all.sets(), all.deletes(), all.loads(), all.evictions(), all.expirations(), all.total(),
                    all.active(), all.expired(), all.accessCountAverage(), all.accessCountMax(), all.bytes(),
                    all.tableBytes(), all.measuredAt().orElse(null));
        }
    }

    static String base64(CacheKey key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.bytes());
    }

    /** The key of a text, or of bytes in Base64. */
    static CacheKey key(@Nullable String text, @Nullable String base64) {
        if (text != null) {
            return CacheKey.of(text);
        }
        if (base64 == null) {
            throw new InvalidInputException("cache-key-invalid", "key", "is missing",
                    "name it in the path, as key, or as key_base64");
        }
        return CacheKey.of(bytes("key_base64", base64));
    }

    /** Bytes in Base64, in either alphabet. */
    static byte[] bytes(String field, String base64) {
        try {
            return Base64.getUrlDecoder().decode(base64.replace('+', '-').replace('/', '_'));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("base64-invalid", field, "is no Base64", String.valueOf(e.getMessage()));
        }
    }

    /** A duration, {@code never} or {@code default}; a duration may be negative. */
    static Ttl ttl(@Nullable String text) {
        if (text == null || text.equals("default")) {
            return Ttl.DEFAULT;
        }
        boolean isNegative = text.startsWith("-");
        return text.equals(NEVER)
                ? Ttl.NEVER
                : TaskInput.duration("ttl", isNegative ? text.substring(1) : text)
                        .map(time -> Ttl.of(isNegative ? time.negated() : time)).orElse(Ttl.DEFAULT);
    }

    static EntryOptions options(@Nullable String ttl, @Nullable String stale, @Nullable List<String> tags) {
        return new EntryOptions(ttl(ttl), TaskInput.duration("stale", stale).orElse(Duration.ZERO),
                tags == null ? Set.of() : Set.copyOf(tags));
    }

    /** What a value is called in JSON. */
    static String kind(CacheValue value) {
        return TaskViews.label(value.kind());
    }
}
