package dev.howdah.agent.model;

/** One turn of a conversation. */
public record ModelMessage(Role role, String text) {
    /** Who speaks. */
    public enum Role {
        USER, ASSISTANT
    }

    /** What the user says. */
    public static ModelMessage user(String text) {
        return new ModelMessage(Role.USER, text);
    }

    /** What the model answered before. */
    public static ModelMessage assistant(String text) {
        return new ModelMessage(Role.ASSISTANT, text);
    }

    /** The role alone: a prompt has no place in logs. */
    @Override
    public String toString() {
        return role + " (" + text.length() + " characters)";
    }
}
