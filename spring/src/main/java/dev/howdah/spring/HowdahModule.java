package dev.howdah.spring;

/**
 * A library whose tables the application uses: its migrations are applied at start.
 *
 * @param name of the module, as in {@code db/<name>}
 */
public record HowdahModule(String name) {}
