package dev.howdah.agent.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server on loopback that answers as GitHub's API does. */
class GitHubRepositorySourceTest {
    private static final int LIMIT = 100;

    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server = newServer();

    @BeforeEach
    void start() {
        contents.put("/repos/acme/shop", "{}".getBytes(UTF_8));
        contents.put("/repos/acme/shop/contents/src/my%20file.py", "text äöü\n".getBytes(UTF_8));
        contents.put("/repos/acme/shop/contents/large", new byte[LIMIT + 1]);
        contents.put("/repos/acme/shop/contents/binary", new byte[]{1, 0, 2});
        server.createContext("/", exchange -> {
            var path = exchange.getRequestURI().getRawPath();
            asked.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            var body = contents.get(path);
            int status = failures.getOrDefault(path, body == null ? 404 : 200);
            if (status == 429) {
                exchange.getResponseHeaders().add("x-ratelimit-reset", "1900000000");
            }
            exchange.sendResponseHeaders(status, body == null ? -1 : body.length);
            if (body != null) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void readsFilesWithTheToken() {
        assertThat(source().has("acme/shop")).isTrue();
        assertThat(source().file("acme/shop", "src/my file.py", LIMIT)).contains("text äöü\n");
        assertThat(asked).allSatisfy(request -> assertThat(request).endsWith("Bearer token-1"));
    }

    @Test
    void passesOverWhatIsMissingLargeOrBinary() {
        for (var path : List.of("none.py", "large", "binary")) {
            assertThat(source().file("acme/shop", path, LIMIT)).as(path).isEmpty();
        }
        assertThat(source().has("acme/none")).isFalse();
        assertThatThrownBy(() -> source().file("acme/none", "a.py", LIMIT)).isInstanceOf(NotFoundException.class)
                .hasMessageContaining("acme/none");
    }

    @Test
    void asksForNothingOutsideTheRepository() {
        for (var path : List.of("../../../user", "src/../../..", "./a", "/a", "a//b", "")) {
            assertThat(source().file("acme/shop", path, LIMIT)).as(path).isEmpty();
        }
        assertThatThrownBy(() -> source().file("../user", "a", LIMIT)).isInstanceOf(NotFoundException.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void saysWhatIsWrongSoThatTheTaskIsTriedAgain() {
        failures.put("/repos/acme/shop/contents/a", 401);
        failures.put("/repos/acme/shop/contents/b", 429);
        assertThatThrownBy(() -> source().file("acme/shop", "a", LIMIT)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("check GITHUB_TOKEN").message().doesNotContain("token-1");
        assertThatThrownBy(() -> source().file("acme/shop", "b", LIMIT)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("rate limit").hasMessageContaining("2030");
        server.stop(0);
        assertThatThrownBy(() -> source().file("acme/shop", "a", LIMIT)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("cannot be reached");
    }

    private GitHubRepositorySource source() {
        return new GitHubRepositorySource(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "token-1");
    }

    private static HttpServer newServer() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
