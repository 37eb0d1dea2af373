package dev.howdah.agent.source;

import dev.howdah.knowledge.RepositoryName;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jgit.diff.RawText;

/** Reads files through GitHub's REST API. */
public final class GitHubRepositorySource implements RepositorySource {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

    private final URI api;
    private final String token;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build();

    /**
     * Reads with the rights of a token.
     *
     * @param api the API's root, for example of GitHub Enterprise
     * @param token never logged
     */
    public GitHubRepositorySource(URI api, String token) {
        this.api = api;
        this.token = token;
    }

    @Override
    public boolean has(String repository) {
        if (!RepositoryName.isValid(repository)) {
            return false;
        }
        try (var answer = get(repository, "").body()) {
            return answer != null;
        } catch (NotFoundException e) {
            return false;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    @Override
    public Optional<String> file(String repository, String path, int bytesMax) {
        if (!RepositoryName.isValid(repository)) {
            throw notFound(repository);
        }
        var parts = path.split("/", -1);
        if (Arrays.stream(parts).anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."))) {
            return Optional.empty(); // would lead to other parts of the API
        }
        var encoded = Arrays.stream(parts)
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
        try (var body = get(repository, "/contents/" + encoded).body()) {
            var bytes = body.readNBytes(bytesMax + 1);
            return bytes.length > bytesMax || RawText.isBinary(bytes)
                    ? Optional.empty()
                    : Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (NotFoundException e) {
            if (has(repository)) {
                return Optional.empty(); // only the file is missing
            }
            throw e;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    @Override
    public List<String> files(String repository, int filesMax) {
        throw onlyLocal(repository);
    }

    @Override
    public Set<String> changedSince(String repository, Optional<String> sinceCommit, Instant since) {
        throw onlyLocal(repository);
    }

    /** It would take many requests of a limited number. */
    private static UnavailableException onlyLocal(String repository) {
        return new UnavailableException("clone-needed", "the files and the history of " + repository
                + " are read from a local clone only, and there is none",
                "clone it under one of howdah.agent.repository-roots", null);
    }

    private HttpResponse<InputStream> get(String repository, String rest) {
        var request = HttpRequest.newBuilder(URI.create(api + "/repos/" + repository + rest)).timeout(ANSWER_LIMIT)
                .header("Accept", "application/vnd.github.raw+json").header("Authorization", "Bearer " + token).build();
        try {
            var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() == 200) {
                return response;
            }
            response.body().close();
            throw failure(repository, response);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted", "reading " + repository + " was interrupted", "", e);
        }
    }

    private static RuntimeException failure(String repository, HttpResponse<?> response) {
        int status = response.statusCode();
        if (status == 404) {
            return notFound(repository);
        }
        var reset = response.headers().firstValueAsLong("x-ratelimit-reset");
        if ((status == 403 || status == 429) && reset.isPresent()) {
            return new UnavailableException("github-rate-limited", "GitHub's rate limit is reached",
                    "it ends at " + Instant.ofEpochSecond(reset.getAsLong()), null);
        }
        return new UnavailableException("github-refused", "GitHub answered " + status + " for " + repository,
                status == 401 ? "check GITHUB_TOKEN" : "check the token's rights, or try again later", null);
    }

    private static NotFoundException notFound(String repository) {
        return new NotFoundException("repository-not-found", "GitHub knows no repository " + repository
                + " that the token may read", "check the name and the token's rights");
    }

    private UnavailableException unreachable(IOException e) {
        return new UnavailableException("github-unreachable", "GitHub at " + api.getHost() + " cannot be reached: "
                + e.getMessage(), "check the network", e);
    }
}
