package dev.howdah.operations.infra;

import java.util.List;
import java.util.Map;

/**
 * Something that the scan looks for; from {@code technologies.yml}, whose head explains the fields.
 *
 * @param id its name in options and JSON
 * @param name its name for people
 * @param replacement what of Howdah takes its place
 * @param action what to do about it
 * @param names what it is known by, by kind and language; see {@link Names}
 */
public record Technology(String id, String name, Level level, String replacement, String action,
        Map<Names, List<String>> names) {
    public Technology {
        names = Map.copyOf(names);
    }

    /** How a finding counts. */
    public enum Level {
        /** Howdah takes its place; the configuration may be edited. */
        REPLACE,
        /** Somebody has to decide; nothing is edited. */
        REVIEW,
        /** Good to know, and nothing more. */
        INFORMATION
    }

    /** Where names stand. */
    public enum Names {
        IMPORTS_PYTHON, IMPORTS_JAVASCRIPT, IMPORTS_JAVA, IMPORTS_GO, IMPORTS_RUBY, IMPORTS_CSHARP, PACKAGES_PYTHON, PACKAGES_NPM, PACKAGES_MAVEN, PACKAGES_GO, PACKAGES_GEM, PACKAGES_NUGET, VARIABLES, SETTINGS, ADDRESSES, IMAGES, RESOURCES, COMMANDS
    }

    List<String> names(Names kind) {
        return names.getOrDefault(kind, List.of());
    }
}
