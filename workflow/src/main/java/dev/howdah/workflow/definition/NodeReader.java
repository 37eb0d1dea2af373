package dev.howdah.workflow.definition;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads nodes and their children: fields of all types here, those of one type in {@link #checkConfig}. */
final class NodeReader {
    private static final Set<String> NODE = Set.of("id", "node_id", "name", "type", "node_type", "executor",
            "dependencies", "depends_on", "condition", "config", "retry", "retry_policy", "timeout", "timeout_seconds",
            "heartbeat_timeout", "gate", "quality_threshold", "input_contract", "input_contracts", "output_contract",
            "output_contracts", "execution_mode", "metadata", "description", "phase");

    /** What React Flow keeps with a node for drawing it. */
    private static final Set<String> DRAWN_NODE = Stream.concat(NODE.stream(), Stream.of("data", "position",
            "positionAbsolute", "style", "width", "height", "selected", "dragging", "draggable", "measured",
            "sourcePosition", "targetPosition", "className", "parentId", "extent", "hidden", "zIndex"))
            .collect(Collectors.toUnmodifiableSet());

    private static final Set<String> RETRY = Set.of("attempts", "max_attempts", "delay", "retry_delay_seconds",
            "backoff",
            "exponential_backoff", "max_delay", "jitter", "non_retryable", "retry_on_failure");
    private static final Map<NodeType, Set<String>> CONFIG = Map.ofEntries(
            Map.entry(NodeType.MODEL, Set.of("prompt", "system", "schema")),
            Map.entry(NodeType.AGENT, Set.of("agent", "skill", "message", "input", "timeout")),
            Map.entry(NodeType.HTTP, Set.of("url", "method", "query", "headers", "body", "expect")),
            Map.entry(NodeType.CONDITION, Set.of("expression")),
            Map.entry(NodeType.MAP, Set.of("items", "concurrency", "node")),
            Map.entry(NodeType.PARALLEL_GROUP, Set.of("nodes", "concurrency")),
            Map.entry(NodeType.SUB_WORKFLOW, Set.of("workflow", "version", "input")),
            Map.entry(NodeType.WAIT, Set.of("duration", "until")),
            Map.entry(NodeType.SIGNAL, Set.of("name", "timeout")),
            Map.entry(NodeType.HUMAN_REVIEW, Set.of("prompt", "due", "on_due", "on_reject")),
            Map.entry(NodeType.COMPENSATE, Set.of("of", "run")));

    private final WorkflowLimits limits;
    private final Map<NodeType, Predicate<String>> executors;
    private final Faults faults;
    private int count;

    NodeReader(WorkflowLimits limits, Map<NodeType, Predicate<String>> executors, Faults faults) {
        this.limits = limits;
        this.executors = executors;
        this.faults = faults;
    }

    /** How many nodes were read, children among them. */
    int count() {
        return count;
    }

    WorkflowNode read(String path, JsonNode json) {
        return read(new ObjectReader(path, json, faults), 0, "");
    }

    static WorkflowNode withDependencies(WorkflowNode node, List<String> dependencies) {
        return new WorkflowNode(node.id(), node.name(), node.type(), node.executor(), dependencies, node.condition(),
                node.config(), node.retry(), node.timeout(), node.heartbeat(), node.gate(), node.inputContract(),
                node.outputContract(), node.metadata(), node.children());
    }

    static WorkflowNode withConfig(WorkflowNode node, JsonNode config) {
        return new WorkflowNode(node.id(), node.name(), node.type(), node.executor(), node.dependencies(),
                node.condition(), config, node.retry(), node.timeout(), node.heartbeat(), node.gate(),
                node.inputContract(), node.outputContract(), node.metadata(), node.children());
    }

    /**
     * Reads one node.
     *
     * @param level 0 for a node of the workflow itself
     * @param defaultId for the one child of a map or a compensation, which needs no id; else empty
     */
    private WorkflowNode read(ObjectReader reader, int level, String defaultId) {
        count++;
        boolean isDrawn = reader.has("data");
        reader.onlyKnown(isDrawn ? DRAWN_NODE : NODE);
        // In React Flow's form, what is not about drawing stands in data; unknown fields there belong to the drawing too.
        var own = isDrawn ? reader.objectReader("data") : reader;
        var id = id(reader, defaultId);
        var type = type(reader, own);
        checkServed(own, type);
        var config = config(own);
        var executor = executor(own, type, id, config, defaultId);
        if (type == NodeType.AGENT && own.present("timeout", "timeout_seconds").isPresent()) {
            own.fault("timeout", "limits one attempt, and an agent is waited for without one",
                    "write it as config.timeout");
        }
        var children = checkConfig(type, new ObjectReader(own.at("config"), config, faults), level);
        return new WorkflowNode(id, own.text("name", "label").orElse(id), type, executor, dependencies(own, level),
                condition(own), config, retry(own), timeout(own), own.positiveDuration("heartbeat_timeout"), gate(own),
                contract(own, "input_contract"), contract(own, "output_contract"), metadata(reader, own), children);
    }

    private String id(ObjectReader reader, String defaultId) {
        var id = reader.text("id", "node_id").orElse(defaultId);
        if (id.isEmpty() && reader.present("id", "node_id").isEmpty()) {
            reader.fault("id", "is missing", DefinitionReader.ID_REMEDY);
        } else if (!DefinitionReader.ID.matcher(id).matches()) {
            reader.fault("id", "\"" + id + "\" is no id", DefinitionReader.ID_REMEDY);
        }
        return id;
    }

    private NodeType type(ObjectReader reader, ObjectReader own) {
        if (own != reader && !own.has("node_type") && !own.has("type")) {
            // The type of a drawn node may be that of its picture.
            return reader.text("type").flatMap(NodeType::of).orElse(NodeType.PHASE);
        }
        var text = own.text("type", "node_type");
        if (text.isEmpty()) {
            return NodeType.TASK;
        }
        return NodeType.of(text.get()).orElseGet(() -> {
            var known = Stream.of(NodeType.values()).map(NodeType::label).toList();
            own.fault(own.has("type") ? "type" : "node_type", "\"" + text.get() + "\" is no type of node",
                    Words.nearest(text.get().toLowerCase(Locale.ROOT), known,
                            "use one of " + String.join(", ", known)));
            return NodeType.TASK;
        });
    }

    private void checkServed(ObjectReader own, NodeType type) {
        var known = executors.get(NodeType.MODEL);
        if (type == NodeType.MODEL && known != null && !known.test(type.label())) {
            own.fault("type", "no language model is configured",
                    "set ANTHROPIC_API_KEY, OPENAI_API_KEY or howdah.agent.model.provider, and start again");
        }
    }

    private static JsonNode config(ObjectReader own) {
        return own.object("config", "phase_config");
    }

    private String executor(ObjectReader own, NodeType type, String id, JsonNode config, String defaultId) {
        var named = own.text("executor", "phase").or(() -> type == NodeType.SKILL && config.path("skill").isString()
                ? Optional.of(config.path("skill").asString())
                : Optional.empty());
        var executor = named.orElse(id.startsWith("phase_") ? id.substring("phase_".length()) : id);
        if (!type.hasExecutor()) {
            return executor;
        }
        if (named.isEmpty() && !defaultId.isEmpty() && id.equals(defaultId)) {
            own.fault("executor", "is missing", "name the handler that does the work");
            return executor;
        }
        var known = executors.get(type);
        if (known != null && !known.test(executor)) {
            own.fault("executor",
                    "there is no " + (type == NodeType.SKILL ? "skill" : "handler") + " \"" + executor + "\"",
                    "register it before the workflow is applied, or correct the name");
        }
        return executor;
    }

    private static List<String> dependencies(ObjectReader own, int level) {
        var field = own.present("dependencies", "depends_on").orElse("dependencies");
        var texts = own.texts(field);
        if (level > 0 && !texts.isEmpty()) {
            own.fault(field, "a child has dependencies", "make it a node of the workflow, or leave them out");
            return List.of();
        }
        return texts;
    }

    private static Optional<String> condition(ObjectReader own) {
        own.choice("execution_mode", "sequential", "parallel", "conditional");
        return own.text("condition").map(Expressions::plain).filter(text -> !text.isEmpty());
    }

    static Optional<Duration> timeout(ObjectReader own) {
        return own.positiveDuration(own.present("timeout", "timeout_seconds").orElse("timeout"));
    }

    private static RetryPolicy retry(ObjectReader own) {
        var field = own.present("retry", "retry_policy");
        if (field.isEmpty()) {
            return RetryPolicy.NONE;
        }
        var retry = own.objectReader(field.get());
        retry.onlyKnown(RETRY);
        int attempts = retry.integer(retry.present("attempts", "max_attempts").orElse("attempts"), 1,
                RetryPolicy.ATTEMPTS_MAX).orElse(RetryPolicy.NONE.attempts());
        var delay = retry.duration(retry.present("delay", "retry_delay_seconds").orElse("delay"));
        double backoff = retry.number("backoff", 1, RetryPolicy.BACKOFF_MAX)
                .orElse(retry.flag("exponential_backoff").orElse(false) ? 2 : 1);
        boolean isOn = retry.flag("retry_on_failure").orElse(true);
        return new RetryPolicy(isOn ? attempts : 1, delay.orElse(Duration.ZERO), backoff,
                retry.duration("max_delay").orElse(RetryPolicy.MAX_DELAY_DEFAULT),
                retry.number("jitter", 0, 1).orElse(0), retry.texts("non_retryable"));
    }

    private static Optional<QualityGate> gate(ObjectReader own) {
        if (!own.has("gate")) {
            var threshold = own.number("quality_threshold", 0, 1);
            return threshold.isPresent() ? Optional.of(new QualityGate(threshold.getAsDouble())) : Optional.empty();
        }
        var gate = own.objectReader("gate");
        gate.onlyKnown(Set.of("threshold"));
        return Optional.of(new QualityGate(gate.number("threshold", 0, 1).orElse(QualityGate.THRESHOLD_DEFAULT)));
    }

    /** A schema, or a list of which all must hold. */
    private static Optional<JsonNode> contract(ObjectReader own, String name) {
        var field = own.present(name, name + "s");
        if (field.isEmpty()) {
            return Optional.empty();
        }
        var value = own.raw(field.get());
        if (!value.isArray()) {
            return checkedSchema(own, field.get(), value);
        }
        var all = JsonNodeFactory.instance.objectNode();
        var list = all.putArray("allOf");
        for (int i = 0; i < value.size(); i++) {
            checkedSchema(own, field.get() + "[" + i + "]", value.get(i)).ifPresent(list::add);
        }
        return switch (list.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(list.get(0));
            default -> Optional.of(all);
        };
    }

    private static Optional<JsonNode> checkedSchema(ObjectReader own, String field, JsonNode schema) {
        if (!schema.isObject()) {
            own.fault(field, "is " + ObjectReader.kind(schema) + ", not a JSON Schema",
                    "write the schema, for example {\"type\": \"object\", \"required\": [\"total\"]}");
            return Optional.empty();
        }
        var problems = Contracts.schemaProblems(schema);
        problems.forEach(problem -> own.fault(field, problem, "correct the schema (JSON Schema 2020-12)"));
        return Optional.of(schema);
    }

    private static JsonNode metadata(ObjectReader reader, ObjectReader own) {
        var metadata = own.object("metadata");
        if (!own.has("description") && !reader.has("position")) {
            return metadata;
        }
        var more = (ObjectNode) metadata.deepCopy();
        own.text("description").ifPresent(text -> more.put("description", text));
        if (reader.raw("position").isObject()) {
            more.set("position", reader.raw("position"));
        }
        return more;
    }

    /** Checks what one type needs, and reads the children that stand in its configuration. */
    private List<WorkflowNode> checkConfig(NodeType type, ObjectReader config, int level) {
        var known = CONFIG.get(type);
        if (known != null) {
            config.onlyKnown(known);
        }
        return switch (type) {
            case PHASE, TASK, SKILL -> List.of();
            case MODEL -> {
                config.required("prompt", "write what to ask, for example Summarise: ${outputs.read.text}");
                if (config.has("schema")) {
                    checkedSchema(config, "schema", config.raw("schema"));
                }
                yield List.of();
            }
            case AGENT -> {
                checkAgent(config);
                yield List.of();
            }
            case HTTP -> {
                config.required("url", "add the address, for example https://example.org/orders");
                config.choice("method", "get", "post", "put", "patch", "delete", "head", "options");
                yield List.of();
            }
            case CONDITION -> {
                config.required("expression", "add what is to be decided, for example outputs.check.score > 0.5");
                yield List.of();
            }
            case MAP -> map(config, level);
            case PARALLEL_GROUP -> group(config, level);
            case SUB_WORKFLOW -> {
                config.required("workflow", "name the workflow to run");
                config.integer("version", 1, Integer.MAX_VALUE);
                yield List.of();
            }
            case WAIT -> {
                checkWait(config);
                yield List.of();
            }
            case SIGNAL -> {
                config.required("name", "name the signal");
                checkDuration(config, "timeout");
                yield List.of();
            }
            case HUMAN_REVIEW -> {
                config.required("prompt", "say what is to be decided");
                checkDuration(config, "due");
                config.choice("on_due", "fail", "approve", "reject");
                config.choice("on_reject", "fail", "continue");
                yield List.of();
            }
            case COMPENSATE -> {
                if (level > 0) {
                    config.fault("of", "a child is a compensation", "make it a node of the workflow");
                }
                config.required("of", "name the node that it undoes");
                yield child(config, "run", level);
            }
        };
    }

    private List<WorkflowNode> map(ObjectReader config, int level) {
        if (!config.has("items")) {
            config.fault("items", "is missing", "add an expression that gives a list, for example input.pages");
        } else if (!config.raw("items").isArray()) {
            config.required("items", "add an expression that gives a list, for example input.pages");
        }
        config.integer("concurrency", 1, limits.mapConcurrencyMax());
        return child(config, "node", level);
    }

    private List<WorkflowNode> group(ObjectReader config, int level) {
        config.integer("concurrency", 1, limits.mapConcurrencyMax());
        var list = config.list("nodes");
        if (list.isEmpty()) {
            config.fault("nodes", "the group has no nodes", "add at least one");
        }
        if (isTooDeep(config, "nodes", level)) {
            return List.of();
        }
        var ids = new HashSet<String>();
        var children = new ArrayList<WorkflowNode>();
        for (var element : list) {
            var child = read(new ObjectReader(element.getKey(), element.getValue(), faults), level + 1, "");
            if (!ids.add(child.id())) {
                faults.add(element.getKey() + ".id", "\"" + child.id() + "\" is there twice in this group",
                        "give each node an id of its own");
            }
            children.add(child);
        }
        return children;
    }

    private List<WorkflowNode> child(ObjectReader config, String field, int level) {
        if (!config.has(field)) {
            config.fault(field, "is missing",
                    "add the node to run, for example {\"type\": \"task\", \"executor\": \"x\"}");
            return List.of();
        }
        return isTooDeep(config, field, level)
                ? List.of()
                : List.of(read(config.objectReader(field), level + 1, field.equals("run") ? "run" : "item"));
    }

    private boolean isTooDeep(ObjectReader config, String field, int level) {
        if (level < limits.nestingMax()) {
            return false;
        }
        config.fault(field, "children are nested more than " + limits.nestingMax() + " deep",
                "put the inner ones into a workflow of their own (sub_workflow)");
        return true;
    }

    private void checkAgent(ObjectReader config) {
        var agent = config.required("agent", "name a configured agent, or give the root of its address");
        var known = executors.get(NodeType.AGENT);
        if (!agent.isBlank() && !agent.contains("${") && known != null && !known.test(agent)) {
            config.fault("agent", "there is no agent \"" + agent + "\"",
                    "add it to howdah.agent.remote, or give the root of its address, for example https://agents.example.org");
        }
        if (config.has("message") == config.has("input")) {
            config.fault("", config.has("input") ? "has both message and input" : "has neither message nor input",
                    "add message, a text, or input, an object for a skill");
        }
        checkDuration(config, "timeout");
    }

    private static void checkWait(ObjectReader config) {
        if (config.has("duration") == config.has("until")) {
            config.fault("", config.has("until") ? "has both duration and until" : "has neither duration nor until",
                    "add one of the two");
        }
        checkDuration(config, "duration");
        config.text("until").filter(text -> !text.contains("${")).ifPresent(text -> {
            if (instant(text).isEmpty()) {
                config.fault("until", "\"" + text + "\" is no point in time", "use for example 2030-01-31T18:00:00Z");
            }
        });
    }

    /** A point in time in ISO-8601 with an offset. */
    static Optional<Instant> instant(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text.strip()).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** What an expression gives is known only when it runs. */
    private static void checkDuration(ObjectReader config, String field) {
        if (!(config.raw(field).isString() && config.raw(field).asString().contains("${"))) {
            config.duration(field);
        }
    }
}
