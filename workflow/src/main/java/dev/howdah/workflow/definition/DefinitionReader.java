package dev.howdah.workflow.definition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a definition in any of its forms and finds everything that is wrong with it: first the fields, node by node, then the
 * graph as a whole ({@link GraphRules}), then the expressions ({@link ExpressionRules}).
 */
final class DefinitionReader {
    static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    static final String ID_REMEDY = "use 1 to 100 letters, digits, _ and -";

    private static final int NAME_MAX = 255;
    private static final Pattern SKILL_NAME = Pattern.compile("[a-z][a-z0-9_]{0,99}");
    private static final String SKILL_REMEDY = "use 1 to 100 small letters, digits and _, a letter first";
    private static final Set<String> SKILL = Set.of("name", "description", "input_schema", "tags");
    private static final Set<String> HEADER = Set.of("id", "workflow_id", "name", "workflow_name", "description",
            "type",
            "workflow_type", "metadata", "version", "nodes", "edges", "workflow", "skill", "timeout",
            "timeout_seconds");
    private static final Set<String> EDGE = Set.of("from", "to", "condition", "data_mapping", "type", "metadata");

    /** What React Flow keeps with an edge for drawing it. */
    private static final Set<String> DRAWN_EDGE = Set.of("id", "source", "target", "condition", "data_mapping", "type",
            "animated", "label", "style", "data", "sourceHandle", "targetHandle", "markerEnd", "markerStart",
            "selected",
            "hidden", "className", "zIndex", "labelStyle", "deletable", "focusable", "interactionWidth");

    private static final Pattern DATA_PATH = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*");

    private final WorkflowLimits limits;
    private final Map<NodeType, Predicate<String>> executors;
    private final Faults faults = new Faults();

    DefinitionReader(WorkflowLimits limits, Map<NodeType, Predicate<String>> executors) {
        this.limits = limits;
        this.executors = executors;
    }

    WorkflowDefinition read(JsonNode json) {
        var definition = readFields(json);
        if (definition.nodes().isEmpty() && faults.isEmpty()) {
            faults.add("nodes", "the workflow has no nodes", "add at least one");
        }
        new GraphRules(definition, faults).check();
        new ExpressionRules(definition, limits, faults).check();
        faults.check();
        return definition;
    }

    WorkflowDefinition readStored(JsonNode json) {
        var definition = readFields(json);
        faults.check();
        return definition;
    }

    private WorkflowDefinition readFields(JsonNode json) {
        var root = new ObjectReader("", json, faults);
        if (!json.isObject()) {
            faults.add("", "the definition is " + ObjectReader.kind(json) + ", not an object",
                    "write an object with id, nodes and edges");
        }
        root.onlyKnown(HEADER);
        var header = root.has("workflow") ? root.objectReader("workflow") : root;
        if (header != root) {
            header.onlyKnown(HEADER);
        }
        var name = header.text("name", "workflow_name");
        var id = header.text("id", "workflow_id").or(() -> name.map(DefinitionReader::slug)).orElse("");
        if (id.isEmpty()) {
            header.fault("id", "is missing", ID_REMEDY);
        } else if (!ID.matcher(id).matches()) {
            header.fault("id", "\"" + id + "\" is no id", ID_REMEDY);
        }
        if (name.orElse("").length() > NAME_MAX) {
            header.fault("name", "has more than " + NAME_MAX + " characters", "shorten it");
        }
        var nodes = nodes(header.has("nodes") ? header : root);
        var edges = edges(header.has("edges") ? header : root, nodes);
        return new WorkflowDefinition(id, name.orElse(id), header.text("description").orElse(""), type(header),
                withDependencies(nodes, edges), edges, header.object("metadata"), skill(header),
                NodeReader.timeout(header));
    }

    private static String slug(String name) {
        var slug = name.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-").replaceAll("^-|-$", "");
        return slug.length() <= 100 ? slug : slug.substring(0, 100);
    }

    private WorkflowType type(ObjectReader header) {
        var text = header.text("type", "workflow_type");
        var type = text.flatMap(WorkflowType::of);
        if (text.isPresent() && type.isEmpty()) {
            header.fault("type", "\"" + text.get() + "\" is no type of workflow", "use linear, parallel or custom");
        }
        return type.orElse(WorkflowType.CUSTOM);
    }

    private Optional<PublishedSkill> skill(ObjectReader header) {
        if (!header.has("skill")) {
            return Optional.empty();
        }
        var skill = header.objectReader("skill");
        skill.onlyKnown(SKILL);
        var name = skill.required("name", SKILL_REMEDY);
        var known = executors.get(NodeType.SKILL);
        if (!name.isBlank() && !SKILL_NAME.matcher(name).matches()) {
            skill.fault("name", "\"" + name + "\" is no name of a skill", SKILL_REMEDY);
        } else if (known != null && known.test(name)) {
            skill.fault("name", "there is a skill \"" + name + "\" already", "choose another name");
        }
        var tags = skill.texts("tags");
        if (tags.size() > PublishedSkill.TAGS_MAX) {
            skill.fault("tags", "there are " + tags.size(), "give at most " + PublishedSkill.TAGS_MAX);
        }
        return Optional.of(new PublishedSkill(name, skill.required("description", "say what it does and answers"),
                inputSchema(skill), tags));
    }

    private static ObjectNode inputSchema(ObjectReader skill) {
        if (!(skill.object("input_schema") instanceof ObjectNode given) || given.isEmpty()) {
            return JsonNodeFactory.instance.objectNode().put("type", "object");
        }
        Contracts.schemaProblems(given).forEach(problem -> skill.fault("input_schema", problem,
                "correct the schema (JSON Schema 2020-12)"));
        if (!given.path("type").asString("").equals("object")) {
            skill.fault("input_schema.type", "is not object", "write type: object, since executions begin with one");
        }
        return given;
    }

    private List<WorkflowNode> nodes(ObjectReader reader) {
        var list = reader.list("nodes");
        if (list.size() > limits.nodesMax()) {
            reader.fault("nodes", "there are " + list.size() + " nodes, and the limit is " + limits.nodesMax(),
                    "put parts into workflows of their own (sub_workflow), or use a map");
            return List.of();
        }
        var reading = new NodeReader(limits, executors, faults);
        var nodes = new ArrayList<WorkflowNode>(list.size());
        var seen = new HashMap<String, String>();
        for (var element : list) {
            var node = reading.read(element.getKey(), element.getValue());
            var before = seen.putIfAbsent(node.id(), element.getKey());
            if (before != null && !node.id().isEmpty()) {
                faults.add(element.getKey() + ".id", "\"" + node.id() + "\" is the id of " + before + " as well",
                        "give each node an id of its own");
            }
            nodes.add(node);
        }
        if (reading.count() > limits.nodesMax()) {
            reader.fault("nodes",
                    "there are " + reading.count() + " nodes with the children of groups and maps, and the "
                            + "limit is " + limits.nodesMax(),
                    "use a map over a list instead of a group");
        }
        return nodes;
    }

    /** One edge for each dependency, from the list of edges and from the nodes' own lists. */
    private List<Edge> edges(ObjectReader reader, List<WorkflowNode> nodes) {
        var ordinals = new HashMap<String, Integer>();
        for (int i = 0; i < nodes.size(); i++) {
            ordinals.putIfAbsent(nodes.get(i).id(), i);
        }
        var incoming = new ArrayList<Map<String, Edge>>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            var own = new LinkedHashMap<String, Edge>();
            var node = nodes.get(i);
            for (int j = 0; j < node.dependencies().size(); j++) {
                var from = node.dependencies().get(j);
                if (ordinals.containsKey(from)) {
                    own.put(from, new Edge(from, node.id(), Optional.empty()));
                } else {
                    unknown("nodes[" + i + "].dependencies[" + j + "]", from, ordinals.keySet());
                }
            }
            incoming.add(own);
        }
        for (var element : reader.list("edges")) {
            readEdge(new ObjectReader(element.getKey(), element.getValue(), faults), ordinals, incoming, nodes);
        }
        return incoming.stream().flatMap(own -> own.values().stream()).toList();
    }

    private void unknown(String path, String id, Set<String> known) {
        faults.add(path, "there is no node \"" + id + "\"",
                faults.isMany() ? "add it" : Words.nearest(id, known, "add it, or remove the dependency"));
    }

    private void readEdge(ObjectReader edge, Map<String, Integer> ordinals, List<Map<String, Edge>> incoming,
            List<WorkflowNode> nodes) {
        boolean isDrawn = edge.has("source") || edge.has("target");
        edge.onlyKnown(isDrawn ? DRAWN_EDGE : EDGE);
        var fromField = isDrawn ? "source" : "from";
        var toField = isDrawn ? "target" : "to";
        var from = edge.required(fromField, "name the node that comes first");
        var to = edge.required(toField, "name the node that depends on it");
        var target = ordinals.get(to);
        if (!from.isEmpty() && !ordinals.containsKey(from)) {
            unknown(edge.at(fromField), from, ordinals.keySet());
        }
        if (target == null) {
            if (!to.isEmpty()) {
                unknown(edge.at(toField), to, ordinals.keySet());
            }
            return;
        }
        mapData(edge, from, target, nodes);
        if (!ordinals.containsKey(from)) {
            return;
        }
        var condition = edge.text("condition").or(() -> edge.objectReader("data").text("condition"))
                .map(Expressions::plain).filter(text -> !text.isEmpty());
        var before = incoming.get(target).put(from, new Edge(from, to, condition));
        if (before != null && before.condition().isPresent() && !before.condition().equals(condition)) {
            edge.fault("condition", "another edge from " + from + " to " + to + " has the condition "
                    + before.condition().get(), "join the two with || or &&");
        }
    }

    /** {@code data_mapping: {amount: total}} puts {@code ${outputs["from"].total}} into the target's config as amount. */
    private void mapData(ObjectReader edge, String from, int target, List<WorkflowNode> nodes) {
        var mapping = edge.object("data_mapping");
        if (mapping.isEmpty()) {
            return;
        }
        var node = nodes.get(target);
        var config = (ObjectNode) node.config().deepCopy();
        for (var field : mapping.properties()) {
            if (!field.getValue().isString() || !DATA_PATH.matcher(field.getValue().asString()).matches()) {
                edge.fault("data_mapping." + field.getKey(), field.getValue() + " is no path into an output",
                        "use names with dots, for example order.total");
            } else if (!config.has(field.getKey())) {
                config.put(field.getKey(), "${outputs[\"" + from + "\"]." + field.getValue().asString() + "}");
            }
        }
        nodes.set(target, NodeReader.withConfig(node, config));
    }

    private static List<WorkflowNode> withDependencies(List<WorkflowNode> nodes, List<Edge> edges) {
        var sources = new HashMap<String, LinkedHashSet<String>>();
        edges.forEach(edge -> sources.computeIfAbsent(edge.to(), key -> new LinkedHashSet<>()).add(edge.from()));
        var seen = new HashSet<String>();
        return nodes.stream().map(node -> NodeReader.withDependencies(node, seen.add(node.id())
                ? List.copyOf(sources.getOrDefault(node.id(), new LinkedHashSet<>()))
                : List.of())).toList();
    }
}
