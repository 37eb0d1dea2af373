package dev.howdah.queue.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** A Lua script of this package's resources, with the prelude before it. Runs as one atomic step. Immutable. */
final class Script {
    private final String source;
    private final String sha;

    private Script(String source) {
        this.source = source;
        this.sha = sha1(source);
    }

    /**
     * Loads one.
     *
     * @param name of the resource, without its ending
     */
    static Script of(String name) {
        return new Script(resource("prelude") + resource(name));
    }

    /** Runs it by its digest; a server that has been restarted is told the source again. */
    List<?> run(RedisServer server, String prefix, List<String> arguments) {
        return answer(server, prefix, arguments) instanceof List<?> list ? list : List.of();
    }

    /** The same for one that answers a number. */
    int count(RedisServer server, String prefix, List<String> arguments) {
        return answer(server, prefix, arguments) instanceof Long number ? Math.toIntExact(number) : 0;
    }

    /** The same for one that answers a word. */
    String word(RedisServer server, String prefix, List<String> arguments) {
        return answer(server, prefix, arguments) instanceof String word ? word : "";
    }

    private Object answer(RedisServer server, String prefix, List<String> arguments) {
        var keys = List.of(prefix);
        return server.call(redis -> {
            try {
                return redis.evalsha(sha, keys, arguments);
            } catch (JedisNoScriptException e) {
                return redis.eval(source, keys, arguments); // which stores it
            }
        });
    }

    private static String resource(String name) {
        try (var stream = Script.class.getResourceAsStream(name + ".lua")) {
            if (stream == null) {
                throw new IllegalStateException("the script " + name + ".lua is missing from this program");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading the script " + name, e);
        }
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1")
                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
