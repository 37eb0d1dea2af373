package dev.howdah.agent.card;

import java.time.Instant;

/**
 * A card as it is sent.
 *
 * @param json its text, to be sent as UTF-8
 * @param etag strong, with its quotes; another one for another text
 * @param lastModified when this content was first given out by this process, in whole seconds
 */
public record ServedCard(String json, String etag, Instant lastModified) {}
