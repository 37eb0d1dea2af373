package dev.howdah.agent.triage;

/** How soon a dependent repository must act, least first. {@code NONE}: there is no such relationship. */
public enum Urgency {
    NONE, LOW, MEDIUM, HIGH, CRITICAL
}
