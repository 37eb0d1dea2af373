package dev.howdah.operations.infra;

/**
 * A place that uses a technology.
 *
 * @param file its path below the root, with slashes
 * @param line from 1
 * @param evidence what names the technology there; values and passwords are never in it
 */
public record Finding(String file, int line, Kind kind, Technology technology, String evidence) {
    /** In what way it is used. */
    public enum Kind {
        IMPORT, PACKAGE, VARIABLE, SETTING, ADDRESS, IMAGE, RESOURCE, COMMAND
    }

    /** What to do at this place. */
    public String action() {
        return switch (kind) {
            case IMPORT, COMMAND -> "change the code by hand; " + technology.action();
            case PACKAGE -> "remove the dependency once no code uses it";
            case VARIABLE, SETTING -> "remove the setting once no code reads it";
            case ADDRESS -> "use Howdah's address instead; " + technology.action();
            case IMAGE -> "remove the service once its data has moved; " + technology.action();
            case RESOURCE -> "remove the resource once its data has moved; " + technology.action();
        };
    }
}
