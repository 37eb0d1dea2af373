package dev.howdah.agent;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.NotFoundException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The skills of this process. Checks input before a handler sees it. Thread-safe. */
public final class SkillRegistry {
    private final Map<String, Skill> skills;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    /**
     * Registers skills.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    public SkillRegistry(Collection<Skill> skills) {
        var byName = new LinkedHashMap<String, Skill>();
        for (var skill : skills) {
            if (byName.put(skill.name(), skill) != null) {
                throw new IllegalArgumentException("two skills are called " + skill.name());
            }
        }
        this.skills = Collections.unmodifiableMap(byName);
    }

    /** In order of registration. */
    public Collection<Skill> all() {
        return skills.values();
    }

    public Optional<Skill> find(String name) {
        return Optional.ofNullable(skills.get(name));
    }

    /**
     * Runs a skill.
     *
     * @throws NotFoundException if there is no such skill
     * @throws InvalidInputException if the input does not fit the skill's schema; lists every fault by JSON pointer
     */
    public SkillResult execute(String name, JsonNode input) {
        var skill = known(name);
        return skill.handler().handle(checked(skill, input));
    }

    /**
     * The same with something to tell on the way.
     *
     * @throws InterruptedException if the run is to stop
     */
    public SkillResult execute(String name, JsonNode input, SkillRun run) throws InterruptedException {
        var skill = known(name);
        return skill.handler().handle(checked(skill, input), run);
    }

    private Skill known(String name) {
        return find(name).orElseThrow(() -> new NotFoundException("skill-unknown",
                "there is no skill \"" + name + "\"", "use one of " + String.join(", ", skills.keySet())));
    }

    private ObjectNode checked(Skill skill, JsonNode input) {
        if (!(input instanceof ObjectNode object)) {
            throw new InvalidInputException("skill-input-invalid", "", "the input of " + skill.name()
                    + " is no JSON object", "send an object with the fields of its input schema");
        }
        var renamed = rename(skill, object);
        var errors = schemas.computeIfAbsent(skill.name(), key -> SchemaRegistry
                .withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(skill.inputSchema()))
                .validate(renamed);
        if (!errors.isEmpty()) {
            throw new InvalidInputException("skill-input-invalid", errors.stream().map(SkillRegistry::fault).toList());
        }
        return renamed;
    }

    private static ObjectNode rename(Skill skill, ObjectNode input) {
        var renamed = input.deepCopy();
        for (var alias : skill.inputAliases().entrySet()) {
            if (renamed.has(alias.getKey()) && !renamed.has(alias.getValue())) {
                renamed.set(alias.getValue(), renamed.remove(alias.getKey()));
            }
        }
        return renamed;
    }

    private static Fault fault(Error error) {
        var at = error.getInstanceLocation().toString();
        if (error.getKeyword().equals("required")) {
            return new Fault(at + "/" + error.getProperty(), "is missing", "add it");
        }
        return new Fault(at.isEmpty() ? "/" : at, error.getMessage(),
                "see the skill's input schema at /.well-known/agent-card.json");
    }
}
