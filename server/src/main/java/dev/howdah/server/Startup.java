package dev.howdah.server;

/**
 * How far the start has come.
 *
 * @param isReady whether requests can be answered
 * @param message what is under way or went wrong; empty when ready
 */
public record Startup(boolean isReady, String message) {
    static Startup ready() {
        return new Startup(true, "");
    }

    static Startup underWay(String message) {
        return new Startup(false, message);
    }
}
