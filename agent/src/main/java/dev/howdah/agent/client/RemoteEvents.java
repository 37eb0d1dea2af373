package dev.howdah.agent.client;

import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** What an agent tells in a stream, read by one thread; closing it from another one ends the reading. */
public interface RemoteEvents extends AutoCloseable {
    /**
     * One event.
     *
     * @param sequence its number, where the agent numbers events
     * @param item a StreamResponse
     */
    record Event(OptionalLong sequence, JsonNode item) {}

    /**
     * Waits for the next event.
     *
     * @return absent at the end of the stream
     * @throws dev.howdah.postgres.UnavailableException if the connection broke
     */
    Optional<Event> next();

    @Override
    void close();
}
