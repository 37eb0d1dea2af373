package dev.howdah.agent.mcp;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How severe a log message is, least first. */
public enum McpLogLevel {
    DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL, ALERT, EMERGENCY;

    /** The level on the wire. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The level of a label; absent if there is none. */
    public static Optional<McpLogLevel> of(String label) {
        return Arrays.stream(values()).filter(level -> level.label().equals(label)).findFirst();
    }
}
