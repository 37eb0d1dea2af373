package dev.howdah.agent.push;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.QueueSettings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Tokens and credentials as they are stored: sealed with the keys of the queue. Thread-safe. */
record PushSecrets(QueueSettings keys, boolean plainAllowed) {
    /**
     * JSON to be stored.
     *
     * @param field whose value it is, for the message
     * @throws InvalidInputException if there is no key to seal it with
     */
    @Nullable
    String seal(String field, Optional<String> secret) {
        if (secret.isPresent() && keys.encryptionKeys().isEmpty() && !plainAllowed) {
            throw new InvalidInputException("push-secret-refused", field,
                    "cannot be stored, because this server has no key to seal it with",
                    "leave it out, or let the operator set howdah.queue.encryption-keys (or howdah.agent.push.plain-secrets)");
        }
        return secret.map(text -> keys.codec().encode(StringNode.valueOf(text).toString())).orElse(null);
    }

    /**
     * What was sealed.
     *
     * @throws UnavailableException if its key is not configured any more
     */
    Optional<String> open(@Nullable String stored) {
        if (stored == null) {
            return Optional.empty();
        }
        var json = JsonMapper.shared().readTree(keys.codec().decode(stored));
        if (!json.isString()) {
            throw new UnavailableException("push-secret-sealed",
                    "a token or credentials cannot be opened, because their key is not configured",
                    "put it back among howdah.queue.encryption-keys", null);
        }
        return Optional.of(json.asString());
    }
}
