package dev.howdah.sessions;

import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A change of what a session holds, attribute by attribute: names that are not mentioned keep their values, whoever else
 * writes at the same time. A value is replaced as a whole, nested ones too. To sign a user in is no change but a
 * {@link Rotation}.
 *
 * @param set attributes that get a value
 * @param remove attributes that go
 * @param replaces whether all attributes go that are not set
 * @param setMetadata metadata that gets a value
 * @param removeMetadata metadata that goes
 * @param extending whether the session counts as used, which puts off its end
 * @param expectedVersion the version that the change was made for; another one refuses it
 */
public record SessionChange(Map<String, JsonNode> set, Set<String> remove, boolean replaces,
        Map<String, JsonNode> setMetadata, Set<String> removeMetadata, boolean extending,
        OptionalLong expectedVersion) {
    /** @throws dev.howdah.postgres.InvalidInputException if anything is wrong; lists all of it */
    public SessionChange {
        set = Map.copyOf(set);
        remove = Set.copyOf(remove);
        setMetadata = Map.copyOf(setMetadata);
        removeMetadata = Set.copyOf(removeMetadata);
        new Checks().values("attributes", set).names("remove", remove).values("metadata", setMetadata)
                .names("remove_metadata", removeMetadata)
                .fault(set.keySet().stream().anyMatch(remove::contains), "remove", "names an attribute that is set too",
                        "set it or remove it")
                .fault(setMetadata.keySet().stream().anyMatch(removeMetadata::contains), "remove_metadata",
                        "names metadata that is set too", "set it or remove it")
                .fault(replaces && !remove.isEmpty(), "remove", "has no meaning where all attributes are replaced",
                        "leave it out")
                .raise();
    }

    /** Nothing yet; extends the session. */
    public static SessionChange none() {
        return new SessionChange(Map.of(), Set.of(), false, Map.of(), Set.of(), true, OptionalLong.empty());
    }

    /** Gives attributes values; others stay. */
    public static SessionChange setting(Map<String, JsonNode> attributes) {
        return none().withSet(attributes);
    }

    /** Removes attributes; others stay. */
    public static SessionChange removing(Collection<String> names) {
        return none().withRemoved(names);
    }

    /** These attributes and no others. */
    public static SessionChange replacing(Map<String, JsonNode> attributes) {
        return new SessionChange(attributes, Set.of(), true, Map.of(), Set.of(), true, OptionalLong.empty());
    }

    public SessionChange withSet(Map<String, JsonNode> attributes) {
        return new SessionChange(attributes, remove, replaces, setMetadata, removeMetadata, extending,
                expectedVersion);
    }

    public SessionChange withRemoved(Collection<String> names) {
        return new SessionChange(set, Set.copyOf(names), replaces, setMetadata, removeMetadata, extending,
                expectedVersion);
    }

    public SessionChange withMetadata(Map<String, JsonNode> values, Collection<String> removed) {
        return new SessionChange(set, remove, replaces, values, Set.copyOf(removed), extending, expectedVersion);
    }

    /** Leaves the session's end where it is. */
    public SessionChange withoutExtending() {
        return new SessionChange(set, remove, replaces, setMetadata, removeMetadata, false, expectedVersion);
    }

    /** Only if nobody has changed the session since it was read. */
    public SessionChange expecting(long version) {
        return new SessionChange(set, remove, replaces, setMetadata, removeMetadata, extending,
                OptionalLong.of(version));
    }
}
