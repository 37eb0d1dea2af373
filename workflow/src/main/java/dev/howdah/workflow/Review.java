package dev.howdah.workflow;

/**
 * What a person decided about a {@code human_review} node.
 *
 * @param by who; for people who look at the execution later
 * @param comment may be empty
 */
public record Review(boolean approved, String by, String comment) {}
