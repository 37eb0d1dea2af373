package dev.howdah.agent.dependencies;

/** What is to be done outside. A digest entry is only kept, to be read together with others. */
public enum ActionKind {
    ISSUE, WEBHOOK, DIGEST
}
