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
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The skills of this process. Checks input before a handler sees it. Thread-safe. */
public final class SkillRegistry {
    private final Map<String, Skill> skills;
    private final Supplier<? extends Collection<Skill>> more;
    private final Map<String, Known> schemas = new ConcurrentHashMap<>();

    /** A schema as it was when it was read. */
    private record Known(ObjectNode text, Schema schema) {}

    /**
     * Registers skills.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    public SkillRegistry(Collection<Skill> skills) {
        this(skills, List::of);
    }

    /**
     * Registers skills.
     *
     * @param more those that come and go, asked for each time; one whose name is taken does not count
     * @throws IllegalArgumentException if two of the fixed ones have the same name
     */
    public SkillRegistry(Collection<Skill> skills, Supplier<? extends Collection<Skill>> more) {
        var byName = new LinkedHashMap<String, Skill>();
        for (var skill : skills) {
            if (byName.put(skill.name(), skill) != null) {
                throw new IllegalArgumentException("two skills are called " + skill.name());
            }
        }
        this.skills = Collections.unmodifiableMap(byName);
        this.more = more;
    }

    /** Those that are always there in order of registration, then the others. */
    public Collection<Skill> all() {
        var all = new LinkedHashMap<>(skills);
        more.get().forEach(skill -> all.putIfAbsent(skill.name(), skill));
        return Collections.unmodifiableCollection(all.values());
    }

    public Optional<Skill> find(String name) {
        return Optional.ofNullable(skills.get(name))
                .or(() -> more.get().stream().filter(skill -> skill.name().equals(name)).findFirst());
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
                "there is no skill \"" + name + "\"",
                "use one of " + all().stream().map(Skill::name).collect(Collectors.joining(", "))));
    }

    private ObjectNode checked(Skill skill, JsonNode input) {
        if (!(input instanceof ObjectNode object)) {
            throw new InvalidInputException("skill-input-invalid", "", "the input of " + skill.name()
                    + " is no JSON object", "send an object with the fields of its input schema");
        }
        var renamed = rename(skill, object);
        var errors = schema(skill).validate(renamed);
        if (!errors.isEmpty()) {
            throw new InvalidInputException("skill-input-invalid", errors.stream().map(SkillRegistry::fault).toList());
        }
        return renamed;
    }

    private Schema schema(Skill skill) {
        return schemas.compute(skill.name(), (name, known) -> known != null && known.text.equals(skill.inputSchema())
                ? known
                : new Known(skill.inputSchema(), SchemaRegistry
                        .withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(skill.inputSchema())))
                .schema();
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
