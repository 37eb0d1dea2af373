package dev.howdah.agent.client;

import dev.howdah.agent.card.CardVerifier;
import dev.howdah.agent.http.AnswerHead;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The card of one agent, kept for as long as the agent says and then asked for again by its entity tag. While the agent cannot
 * be reached, an old card does for some time: whether the agent works is for its operations to tell. Thread-safe.
 */
final class CardSource {
    /** Where cards are found under the root of an agent. */
    static final String WELL_KNOWN = "/.well-known/agent-card.json";
    private static final Duration MAX_AGE_DEFAULT = Duration.ofMinutes(1);
    private static final Duration MAX_AGE_MAX = Duration.ofHours(1);
    /** How long a card does that could not be asked for again. */
    private static final Duration STALE_MAX = Duration.ofHours(1);
    private static final Pattern MAX_AGE = Pattern.compile("(?:^|[,\\s])max-age=\"?(\\d{1,9})");
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;

    private final ConfiguredAgent agent;
    private final RemoteHttp http;
    private final RemoteEndpoint place;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Kept kept;

    CardSource(ConfiguredAgent agent, boolean isTrusted, RemoteHttp http, Duration timeout) {
        this.agent = agent;
        this.http = http;
        this.place = new RemoteEndpoint(cardAddress(agent.address()), "", isTrusted, Map.of(), timeout);
    }

    /** A card and until when it is good, by {@link System#nanoTime}. */
    private record Kept(RemoteCard card, Optional<String> tag, long checkedAt, Duration maxAge) {
        boolean isWithin(Duration age) {
            return System.nanoTime() - checkedAt < age.toNanos();
        }
    }

    private static String cardAddress(String root) {
        return root.endsWith(".json") ? root : root.replaceFirst("/+$", "") + WELL_KNOWN;
    }

    /** Where the card is. */
    URI address() {
        return URI.create(place.address());
    }

    /**
     * The card as it is now, or was a short while ago.
     *
     * @throws UnavailableException if the agent cannot be reached
     * @throws InvalidInputException if the card should be signed by a known key and is not, or its address is refused
     * @throws dev.howdah.agent.a2a.A2aException if there is no card
     */
    RemoteCard get() {
        var known = kept;
        if (known != null && known.isWithin(known.maxAge)) {
            return known.card;
        }
        lock.lock();
        try {
            known = kept;
            if (known == null || !known.isWithin(known.maxAge)) {
                known = refreshed(known);
                kept = known;
            }
            return known.card;
        } finally {
            lock.unlock();
        }
    }

    private Kept refreshed(@Nullable Kept known) {
        try {
            return fetch(known);
        } catch (UnavailableException e) {
            if (known != null && known.isWithin(STALE_MAX)) {
                return known; // asked for again by the next call
            }
            throw e;
        }
    }

    private Kept fetch(@Nullable Kept known) {
        var asking = known == null
                ? place
                : known.tag.map(tag -> place.with("If-None-Match", tag)).orElse(place);
        var answer = http.send(asking.with("Accept", "application/json"), "GET", place.address(), Optional.empty(), "");
        if (answer.status() == NOT_MODIFIED && known != null) {
            return new Kept(known.card, known.tag, System.nanoTime(), maxAge(answer.head()));
        }
        if (answer.status() != OK) {
            throw RemoteErrors.ofHttp(place.address(), answer.status(), answer.body());
        }
        if (!(RemoteHttp.json(place.address(), answer.body()) instanceof ObjectNode json)) {
            throw RemoteErrors.invalid(place.address(), "something that is no card");
        }
        return new Kept(card(json), answer.head().header("etag"), System.nanoTime(), maxAge(answer.head()));
    }

    private RemoteCard card(ObjectNode json) {
        return agent.keys().map(keys -> RemoteCard.of(new CardVerifier((keyId, address) -> Optional.of(keySet(keys)))
                .verify(json).content(), true)).orElseGet(() -> RemoteCard.of(json, false));
    }

    /** Where the card says that its keys are does not matter: whoever forges it would name their own. */
    private String keySet(String keys) {
        if (RemoteAgentSettings.isAddress(keys)) {
            var answer = http.send(place.with("Accept", "application/json"), "GET", keys,
                    Optional.<JsonNode>empty(), "");
            if (answer.status() != OK) {
                throw RemoteErrors.ofHttp(keys, answer.status(), answer.body());
            }
            return answer.body();
        }
        try {
            return Files.readString(Path.of(keys));
        } catch (IOException e) {
            throw new InvalidInputException("agent-keys-invalid", "howdah.agent.remote-keys", "the file " + keys
                    + " of agent " + agent.name() + " cannot be read", "name a file with a JWK Set");
        }
    }

    private static Duration maxAge(AnswerHead head) {
        var found = MAX_AGE.matcher(head.header("cache-control").orElse(""));
        if (!found.find()) {
            return MAX_AGE_DEFAULT;
        }
        var said = Duration.ofSeconds(Long.parseLong(found.group(1)));
        return said.compareTo(MAX_AGE_MAX) < 0 ? said : MAX_AGE_MAX;
    }
}
