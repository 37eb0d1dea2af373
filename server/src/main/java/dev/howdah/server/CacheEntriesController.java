package dev.howdah.server;

import dev.howdah.cache.Cache;
import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Caches;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.server.CacheViews.EntryView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Single entries. A value is the body as it is, and its media type says what it is: JSON, text, or bytes. A key stands in the
 * path; one that a path cannot have (with a slash, or no text) is given as {@code /entry?key=} or {@code ?key_base64=}.
 * The version is the {@code ETag}.
 */
@RestController
@RequestMapping("/api/caches/{name}")
@Tag(name = "Caches")
final class CacheEntriesController {
    private static final String IN_PATH = "/entries/{key}";
    private static final String IN_QUERY = "/entry";
    private static final Pattern TAG = Pattern.compile("(?:W/)?\"(\\d{1,16})\"");
    /** Says which JSON is a number that can be incremented. */
    private static final String KIND = "Howdah-Kind";
    private static final String ANY = "*";

    private final Caches caches;

    CacheEntriesController(Howdah howdah) {
        this.caches = howdah.caches();
    }

    @GetMapping({IN_PATH, IN_QUERY})
    @Operation(summary = "A value as it was stored, with its version as ETag")
    ResponseEntity<byte[]> get(@PathVariable String name, @PathVariable Optional<String> key,
            @RequestParam(name = "key", required = false) @Nullable String inQuery,
            @RequestParam(name = "key_base64", required = false) @Nullable String base64) {
        var wanted = key(key, inQuery, base64);
        var entry = caches.get(name).getEntry(wanted).orElseThrow(() -> unknown(name, wanted));
        var value = entry.value();
        return ResponseEntity.ok().eTag(tag(entry.version())).contentType(type(value)).header(KIND,
                CacheViews.kind(value)).header("X-Content-Type-Options", "nosniff")
                .cacheControl(CacheControl.noCache()).body(value.bytes());
    }

    private static MediaType type(CacheValue value) {
        return switch (value.kind()) {
            case JSON, NUMBER -> MediaType.APPLICATION_JSON;
            case TEXT -> new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);
            case BYTES -> MediaType.APPLICATION_OCTET_STREAM;
        };
    }

    @GetMapping({IN_PATH + "/description", IN_QUERY + "/description"})
    @Operation(summary = "Everything about an entry but its value: size, version, time to live, tags, accesses")
    EntryView describe(@PathVariable String name, @PathVariable Optional<String> key,
            @RequestParam(name = "key", required = false) @Nullable String inQuery,
            @RequestParam(name = "key_base64", required = false) @Nullable String base64) {
        var wanted = key(key, inQuery, base64);
        return EntryView.of(caches.get(name).describe(wanted).orElseThrow(() -> unknown(name, wanted)));
    }

    /** Which key is stored under which conditions. */
    private record Change(CacheKey key, Optional<String> ifMatch, Optional<String> ifNoneMatch) {}

    @PutMapping({IN_PATH, IN_QUERY})
    @Operation(summary = "Stores the body: application/json, text/* or application/octet-stream; ttl is a duration, never or "
            + "default. With If-None-Match: * only if there is none, with If-Match only if the version (or, with *, any) is "
            + "there; else 412")
    ResponseEntity<Object> set(@PathVariable String name, @PathVariable Optional<String> key,
            @RequestParam(name = "key", required = false) @Nullable String inQuery,
            @RequestParam(name = "key_base64", required = false) @Nullable String base64,
            @RequestParam(required = false) @Nullable String ttl,
            @RequestParam(required = false) @Nullable String stale,
            @RequestParam(required = false) @Nullable List<String> tags, @RequestHeader HttpHeaders headers,
            @RequestBody(required = false) byte @Nullable [] body) {
        var change = new Change(key(key, inQuery, base64), Optional.ofNullable(headers.getFirst(HttpHeaders.IF_MATCH)),
                Optional.ofNullable(headers.getFirst(HttpHeaders.IF_NONE_MATCH)));
        var value = value(headers.getContentType(), Objects.requireNonNullElse(body, new byte[0]));
        var options = CacheViews.options(ttl, stale, tags);
        var cache = caches.get(name);
        OptionalLong version;
        if (change.ifNoneMatch.isPresent()) {
            if (!change.ifNoneMatch.get().equals(ANY)) {
                throw new InvalidInputException("if-none-match-invalid", "If-None-Match", change.ifNoneMatch.get()
                        + " is not understood here", "send *, which stores only if there is no entry");
            }
            version = cache.add(change.key, value, options);
        } else if (change.ifMatch.isPresent()) {
            version = change.ifMatch.get().equals(ANY)
                    ? cache.replace(change.key, value, options)
                    : cache.compareAndSet(change.key, version(change.ifMatch.get()), value, options);
        } else {
            version = OptionalLong.of(cache.set(change.key, value, options));
        }
        return version.isPresent()
                ? ResponseEntity.ok().eTag(tag(version.getAsLong())).body(Map.of("version",
                        Long.toString(version.getAsLong())))
                : failed(cache, change.key);
    }

    @DeleteMapping({IN_PATH, IN_QUERY})
    @Operation(summary = "Deletes an entry; with If-Match only of the version, else 412")
    ResponseEntity<Object> delete(@PathVariable String name, @PathVariable Optional<String> key,
            @RequestParam(name = "key", required = false) @Nullable String inQuery,
            @RequestParam(name = "key_base64", required = false) @Nullable String base64,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch) {
        var unwanted = key(key, inQuery, base64);
        var cache = caches.get(name);
        var expected = ifMatch.filter(tag -> !tag.equals(ANY));
        if (expected.isPresent()) {
            return cache.compareAndDelete(unwanted, version(expected.get()))
                    ? ResponseEntity.noContent().build()
                    : failed(cache, unwanted);
        }
        if (!cache.delete(unwanted)) {
            throw unknown(name, unwanted);
        }
        return ResponseEntity.noContent().build();
    }

    /**
     * What is added.
     *
     * @param by one if absent
     * @param initial what it is added to if there is none; zero if absent
     * @param ttl of an entry that begins
     */
    record IncrementInput(@Nullable Long by, @Nullable Long initial, @Nullable String ttl,
            @Nullable List<String> tags) {}

    @PostMapping({IN_PATH + "/increment", IN_QUERY + "/increment"})
    @Operation(summary = "Adds to a number, and tells the sum; an entry that is there keeps its time to live")
    Map<String, Long> increment(@PathVariable String name, @PathVariable Optional<String> key,
            @RequestParam(name = "key", required = false) @Nullable String inQuery,
            @RequestParam(name = "key_base64", required = false) @Nullable String base64,
            @RequestBody(required = false) @Nullable IncrementInput input) {
        var given = input == null ? new IncrementInput(null, null, null, null) : input;
        return Map.of("value", caches.get(name).increment(key(key, inQuery, base64),
                Objects.requireNonNullElse(given.by, 1L), Objects.requireNonNullElse(given.initial, 0L),
                CacheViews.options(given.ttl, null, given.tags)));
    }

    record TouchInput(@Nullable String ttl) {}

    @PostMapping({IN_PATH + "/touch", IN_QUERY + "/touch"})
    @Operation(summary = "Gives an entry another time to live, or without one that it was stored with again")
    Map<String, Boolean> touch(@PathVariable String name, @PathVariable Optional<String> key,
            @RequestParam(name = "key", required = false) @Nullable String inQuery,
            @RequestParam(name = "key_base64", required = false) @Nullable String base64,
            @RequestBody(required = false) @Nullable TouchInput input) {
        var touched = key(key, inQuery, base64);
        var cache = caches.get(name);
        boolean wasThere = (input == null || input.ttl == null)
                ? cache.touch(touched)
                : cache.expire(touched, CacheViews.ttl(input.ttl));
        if (!wasThere) {
            throw unknown(name, touched);
        }
        return Map.of("touched", true);
    }

    private static CacheKey key(Optional<String> inPath, @Nullable String inQuery, @Nullable String base64) {
        return CacheViews.key(inPath.orElse(inQuery), base64);
    }

    private static CacheValue value(@Nullable MediaType type, byte[] body) {
        if (type == null || type.isCompatibleWith(MediaType.APPLICATION_FORM_URLENCODED)) {
            throw new InvalidInputException("content-type-missing", "Content-Type", "does not say what the value is",
                    "send application/json, text/plain or application/octet-stream");
        }
        var charset = Objects.requireNonNullElse(type.getCharset(), StandardCharsets.UTF_8);
        if (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json")) {
            return CacheValue.json(new String(body, charset));
        }
        return type.getType().equals("text")
                ? CacheValue.text(new String(body, charset))
                : CacheValue.bytes(body);
    }

    private static String tag(long version) {
        return "\"" + version + "\"";
    }

    private static long version(String tag) {
        var matcher = TAG.matcher(tag);
        if (!matcher.matches()) {
            throw new InvalidInputException("if-match-invalid", "If-Match", tag + " is no version of an entry",
                    "send the ETag of the answer that you read");
        }
        return Long.parseLong(matcher.group(1));
    }

    private static ResponseEntity<Object> failed(Cache cache, CacheKey key) {
        var present = cache.getEntry(key);
        var answer = Problem.of(HttpStatus.PRECONDITION_FAILED, "cache-version-differs",
                present.isPresent() ? "another version is there" : "there is no such entry",
                "read the entry, and send its ETag");
        return present.isPresent()
                ? ResponseEntity.status(answer.getStatusCode()).headers(answer.getHeaders())
                        .eTag(tag(present.get().version())).body(answer.getBody())
                : answer;
    }

    private static NotFoundException unknown(String name, CacheKey key) {
        return new NotFoundException("cache-entry-not-found", "the cache \"" + name + "\" has no live entry \"" + key
                + "\"", "see GET /api/caches/" + name + "/keys");
    }
}
