package dev.howdah.server;

/** What a server is started for. */
public enum Profile {
    /** To work. */
    DEFAULT,
    /** To be examined by the protocols' public test kits: with the agents that they expect, reachable from this machine only. */
    CONFORMANCE
}
