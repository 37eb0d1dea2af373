package dev.howdah.server;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Caches;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.server.CacheViews.CacheView;
import dev.howdah.server.CacheViews.EntryView;
import dev.howdah.server.CacheViews.CacheOptionsInput;
import dev.howdah.server.CacheViews.CacheStatisticsView;
import dev.howdah.server.TaskViews.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The caches, and what concerns many entries of one. */
@RestController
@RequestMapping("/api/caches")
@Tag(name = "Caches", description = "Named caches; /api/caches/{name}/entries has the values")
final class CachesController {
    private final Caches caches;
    private final Howdah howdah;

    CachesController(Howdah howdah) {
        this.caches = howdah.caches();
        this.howdah = howdah;
    }

    @GetMapping
    @Operation(summary = "All caches by name, with their bounds and how much was in them when it was measured last")
    Page<CacheView> list() {
        return new Page<>(caches.list().stream().map(CacheView::of).toList(), null);
    }

    @GetMapping("/{name}")
    @Operation(summary = "One cache")
    CacheView get(@PathVariable String name) {
        return CacheView.of(caches.describe(name));
    }

    @PutMapping("/{name}")
    @Operation(summary = "Creates a cache, or sets all options of the one that is there; what is left out is as by default")
    CacheView put(@PathVariable String name, @RequestBody(required = false) @Nullable CacheOptionsInput input) {
        caches.put(name, Objects.requireNonNullElse(input, CacheOptionsInput.NONE)
                .toOptions(howdah.settings().cache().options()));
        return CacheView.of(caches.describe(name));
    }

    @DeleteMapping("/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Drops a cache with everything in it")
    void drop(@PathVariable String name) {
        if (!caches.drop(name)) {
            throw new NotFoundException("cache-not-found", "there is no cache \"" + name + "\"",
                    "see GET /api/caches");
        }
    }

    @GetMapping("/{name}/statistics")
    @Operation(summary = "Hits, misses and what else was counted, and what is in the cache. Looks through it")
    CacheStatisticsView statistics(@PathVariable String name) {
        return CacheStatisticsView.of(caches.get(name).statistics());
    }

    @GetMapping("/{name}/hot-keys")
    @Operation(summary = "The entries that were read most. Looks through the cache")
    Page<EntryView> hotKeys(@PathVariable String name, @RequestParam(defaultValue = "10") int limit) {
        return new Page<>(caches.get(name).hotKeys(limit).stream().map(EntryView::of).toList(), null);
    }

    @GetMapping("/{name}/keys")
    @Operation(summary = "Entries without their values, in the order of their keys. In the pattern, a star stands for any "
            + "characters and a question mark for one")
    Page<EntryView> keys(@PathVariable String name, @RequestParam(defaultValue = "*") String pattern,
            @RequestParam(required = false) Optional<String> cursor, @RequestParam(defaultValue = "100") int limit) {
        var page = caches.get(name).keys(pattern, cursor.map(text -> CacheKey.of(CacheViews.bytes("cursor", text))),
                limit);
        return new Page<>(page.items().stream().map(EntryView::of).toList(),
                page.next().map(CacheViews::base64).orElse(null));
    }

    record KeysInput(@Nullable List<String> keys) {
        List<CacheKey> toKeys() {
            if (keys == null) {
                throw new InvalidInputException("cache-keys-invalid", "keys", "is missing", "send a list of keys");
            }
            return keys.stream().map(CacheKey::of).toList();
        }
    }

    /** A value; texts and bytes in Base64 as strings. */
    record ValueView(String key, String kind, JsonNode value) {}

    @PostMapping("/{name}/get")
    @Operation(summary = "The values that are there, of at most 10,000 keys; bytes in Base64")
    Page<ValueView> getMany(@PathVariable String name, @RequestBody KeysInput input) {
        return new Page<>(
                caches.get(name).getMany(input.toKeys()).entrySet().stream().sorted(Map.Entry.comparingByKey())
                        .map(entry -> new ValueView(entry.getKey().toString(), CacheViews.kind(entry.getValue()),
                                entry.getValue().json()))
                        .toList(),
                null);
    }

    /** One of value (JSON), text and base64. */
    record CacheEntryInput(@Nullable String key, @Nullable JsonNode value, @Nullable String text,
            @Nullable String base64) {
        CacheValue toValue() {
            if (text != null) {
                return CacheValue.text(text);
            }
            if (base64 != null) {
                return CacheValue.bytes(CacheViews.bytes("base64", base64));
            }
            if (value == null) {
                throw new InvalidInputException("cache-value-invalid", "value", "is missing of \"" + key + "\"",
                        "give value, text or base64");
            }
            return CacheValue.json(value);
        }
    }

    record CacheEntriesInput(@Nullable List<CacheEntryInput> entries, @Nullable String ttl, @Nullable String stale,
            @Nullable List<String> tags) {}

    @PostMapping("/{name}/set")
    @Operation(summary = "Stores at most 10,000 values, all or none; of those with the same key, the last")
    Map<String, Integer> setMany(@PathVariable String name, @RequestBody CacheEntriesInput input) {
        var values = new LinkedHashMap<CacheKey, CacheValue>();
        Objects.requireNonNullElse(input.entries, List.<CacheEntryInput>of()).forEach(entry -> values.put(
                CacheViews.key(entry.key, null), entry.toValue()));
        caches.get(name).setMany(values, CacheViews.options(input.ttl, input.stale, input.tags));
        return Map.of("stored", values.size());
    }

    @PostMapping("/{name}/delete")
    @Operation(summary = "Deletes at most 10,000 entries, and tells how many were there")
    Map<String, Integer> deleteMany(@PathVariable String name, @RequestBody KeysInput input) {
        return Map.of("deleted", caches.get(name).deleteMany(input.toKeys()));
    }

    record TagsInput(@Nullable List<String> tags) {}

    @PostMapping("/{name}/invalidate")
    @Operation(summary = "Deletes the entries that have one of the tags, and tells how many were live")
    Map<String, Long> invalidate(@PathVariable String name, @RequestBody TagsInput input) {
        if (input.tags == null || input.tags.isEmpty()) {
            throw new InvalidInputException("cache-tags-invalid", "tags", "is missing", "send a list of tags");
        }
        return Map.of("invalidated", caches.get(name).invalidateTags(input.tags.toArray(String[]::new)));
    }

    @PostMapping("/{name}/clear")
    @Operation(summary = "Deletes everything, and tells how many entries were live")
    Map<String, Long> clear(@PathVariable String name) {
        return Map.of("cleared", caches.get(name).clear());
    }

}
