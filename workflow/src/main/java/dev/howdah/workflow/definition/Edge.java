package dev.howdah.workflow.definition;

import java.util.Optional;

/**
 * One node depends on another.
 *
 * @param condition taken only if it holds; without one always
 */
public record Edge(String from, String to, Optional<String> condition) {}
