package dev.howdah.operations.services;

import java.net.URI;
import java.util.Optional;

/**
 * What else is looked at, beside the database and what is in it.
 *
 * @param server where the server answers
 * @param weaviate where Weaviate answers, if it is used
 * @param weaviateKey its key; empty if it asks for none
 * @param redis its URL, if it is configured
 * @param isQueueInRedis whether tasks are kept there, so that nothing works without it
 */
public record ServiceTargets(URI server, Optional<URI> weaviate, String weaviateKey, Optional<String> redis,
        boolean isQueueInRedis) {
    /** A server, and nothing else. */
    public static ServiceTargets of(URI server) {
        return new ServiceTargets(server, Optional.empty(), "", Optional.empty(), false);
    }

    /** Not the key, and not the URL, which may hold a password. */
    @Override
    public String toString() {
        return "ServiceTargets[server=" + server + "]";
    }
}
