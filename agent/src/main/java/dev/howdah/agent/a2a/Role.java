package dev.howdah.agent.a2a;

/** Who sent a message. */
public enum Role {
    USER, AGENT;

    /** The name on the wire. */
    public String wireName() {
        return "ROLE_" + name();
    }
}
