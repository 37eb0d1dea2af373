package dev.howdah.agent;

import java.util.Locale;

/** What a skill is for. */
public enum SkillCategory {
    EVENT, QUERY, ACTION, MANAGEMENT;

    /** The name in JSON and URLs. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
