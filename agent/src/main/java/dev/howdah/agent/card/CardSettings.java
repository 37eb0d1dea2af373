package dev.howdah.agent.card;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the Agent Card is given out.
 *
 * @param url root under which callers reach this server; absent takes what each request was sent to
 * @param signingKey what the card is signed with; absent means that it is not signed
 * @param maxAge how long a client may keep it without asking
 */
public record CardSettings(Optional<URI> url, Optional<CardKey> signingKey, Duration maxAge) {
    public static final Setting<String> URL = Setting.text("howdah.agent.card.url", "",
            "Root under which callers reach this server, such as https://agents.example.org; empty takes what each "
                    + "request was sent to.");
    public static final Setting<String> SIGNING_KEY = Setting.text("howdah.agent.card.signing-key", "",
            "File with the private key that signs the Agent Card, as JWK or PEM; empty leaves it unsigned. Needs "
                    + "howdah.agent.card.url.");
    public static final Setting<Duration> MAX_AGE = Setting.duration("howdah.agent.card.max-age", "60s",
            "How long a client may keep the Agent Card without asking whether it has changed.");

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static CardSettings from(Configuration configuration) {
        var url = url(configuration);
        var key = key(configuration);
        if (key.isPresent() && url.isEmpty()) {
            // Whoever sends a request chooses the host that it names; a signature must not vouch for that.
            configuration.problem(SIGNING_KEY.name() + " is set, but not what the card is to say of its address; set "
                    + URL.name());
        }
        return new CardSettings(url, key, configuration.get(MAX_AGE));
    }

    private static Optional<URI> url(Configuration configuration) {
        var text = configuration.get(URL);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            var uri = URI.create(text.replaceFirst("/+$", ""));
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException e) {
            // falls through to the one message
        }
        configuration.problem(URL.name() + " is \"" + text + "\", which is no address; use https://\u2026");
        return Optional.empty();
    }

    private static Optional<CardKey> key(Configuration configuration) {
        var file = configuration.get(SIGNING_KEY);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(CardKey.read(Path.of(file)));
        } catch (InvalidInputException e) {
            configuration.problem(SIGNING_KEY.name() + ": " + e.getMessage());
            return Optional.empty();
        }
    }
}
