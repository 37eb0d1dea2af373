package dev.howdah.agent.dependencies;

/**
 * Where an action stands: {@code RECORDED} where nothing is configured to carry it out; otherwise {@code PENDING →
 * SENDING → SENT | FAILED}. {@code UNKNOWN}: the process died while sending, so that it may or may not have happened; it
 * is not sent again.
 */
public enum ActionState {
    RECORDED, PENDING, SENDING, SENT, FAILED, UNKNOWN
}
