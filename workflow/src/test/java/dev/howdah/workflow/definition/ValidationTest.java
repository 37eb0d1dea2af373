package dev.howdah.workflow.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValidationTest {
    private static List<Fault> faults(String text) {
        return faults(text, WorkflowLimits.defaults());
    }

    private static List<Fault> faults(String text, WorkflowLimits limits) {
        try {
            WorkflowDefinition.parse(text, limits, Map.of());
            return List.of();
        } catch (InvalidInputException e) {
            assertThat(e.code()).isEqualTo("workflow-invalid");
            return e.faults();
        }
    }

    private static List<String> told(String text) {
        return faults(text).stream().map(Fault::toString).toList();
    }

    /** A chain of so many nodes. */
    private static String chain(int length) {
        var text = new StringBuilder("{\"id\": \"chain\", \"type\": \"linear\", \"nodes\": [{\"id\": \"n0\"}");
        for (int i = 1; i < length; i++) {
            text.append(",{\"id\":\"n").append(i).append("\",\"dependencies\":[\"n").append(i - 1)
                    .append("\"],\"condition\":\"outputs.n").append(i - 1).append(" != ").append(i).append("\"}");
        }
        return text.append("]}").toString();
    }

    @Test
    void tellsAllFaultsAtOnceWithTheirPlaces() {
        assertThat(faults("""
            id: "not an id"
            type: square
            colour: red
            timeout: 0s
            nodes:
              - {id: a, tpye: task}
              - {id: a, dependencies: [bb]}
              - {id: b, type: htpt, dependencies: [a], timeout: soon}
              - {id: m, type: map, dependencies: [a], config: {concurrency: 5000}}
              - {id: w, type: wait, dependencies: [a], config: {}}
              - {id: s, type: signal, dependencies: [a], config: {}}
              - {id: h, type: human_review, dependencies: [a], config: {prompt: ok?, on_due: explode, due: 1x}}
              - {id: c, type: condition, dependencies: [a], config: {expression: "outputs.nope.x >"}}
              - {id: d, dependencies: [a], condition: "outputs.nope.x > 1", retry: {attempts: 0, atempts: 1}}
              - {id: e, dependencies: [a], condition: "1 + 1", config: {deep: [{x: "${outputs.aa}"}]}}
              - {id: g, type: parallel_group, dependencies: [a], config: {nodes: [{id: q, dependencies: [a]}, {id: q}]}}
              - {id: x, dependencies: [a], output_contract: {type: 5}, quality_threshold: 7}
            edges:
              - {from: a, to: zz}
            """)).extracting(Fault::field).contains("id", "type", "colour", "timeout", "nodes[0].tpye", "nodes[1].id",
                "nodes[1].dependencies[0]", "nodes[2].type", "nodes[2].timeout", "nodes[3].config.items",
                "nodes[3].config.node", "nodes[3].config.concurrency", "nodes[4].config", "nodes[5].config.name",
                "nodes[6].config.on_due", "nodes[6].config.due", "nodes[7].config.expression",
                "nodes[8].condition", "nodes[8].retry.attempts", "nodes[8].retry.atempts", "nodes[9].condition",
                "nodes[9].config.deep[0].x", "nodes[10].config.nodes[0].dependencies",
                "nodes[10].config.nodes[1].id", "nodes[11].output_contract", "nodes[11].quality_threshold",
                "edges[0].to");
    }

    @Test
    void guessesWhatWasMeant() {
        assertThat(told("{id: x, nodes: [{id: a, conditoin: 'true'}]}")).first().asString()
                .contains("did you mean \"condition\"?");
        assertThat(told("{id: x, nodes: [{id: a, type: paralel_group}]}")).first().asString()
                .contains("did you mean \"parallel_group\"?");
        assertThat(told("{id: x, nodes: [{id: charge}, {id: ship, dependencies: [chrage]}, "
                + "{id: z, dependencies: [charge, ship]}]}")).first().asString().contains("did you mean \"charge\"?");
    }

    @Test
    void namesTheNodesOfACycleInOrder() {
        var faults = faults("""
            id: x
            nodes: [{id: start}, {id: a, dependencies: [start, c]}, {id: b, dependencies: [a]},
                    {id: c, dependencies: [b]}, {id: behind, dependencies: [c]}]
            """);
        assertThat(faults).hasSize(1);
        assertThat(faults.getFirst().problem()).endsWith("a -> b -> c -> a");
        assertThat(faults.getFirst().field()).isEqualTo("nodes[1].dependencies");
        assertThat(told("{id: x, nodes: [{id: a, dependencies: [a]}]}")).first().asString().contains("a -> a");
        assertThat(told("{id: x, nodes: [{id: a, dependencies: [b]}, {id: b, dependencies: [a]}, "
                + "{id: c, dependencies: [d]}, {id: d, dependencies: [c]}]}")).hasSize(2);
    }

    @Test
    void wantsEveryNodeConnected() {
        assertThat(told("{id: x, nodes: [{id: a}, {id: b, dependencies: [a]}, {id: lone}]}")).singleElement().asString()
                .contains("lone").contains("connected to no other node");
        assertThat(told("{id: x, nodes: [{id: alone}]}")).isEmpty();
        assertThat(told("{id: x, nodes: [{id: alone}, "
                + "{id: undo, type: compensate, config: {of: alone, run: {executor: y}}}]}")).isEmpty();
        assertThat(told("{id: x, nodes: []}")).singleElement().asString().contains("no nodes");
    }

    @Test
    void wantsAChainOfALinearWorkflow() {
        assertThat(
                told("{id: x, type: linear, nodes: [{id: a}, {id: b, dependencies: [a]}, {id: c, dependencies: [a]}]}"))
                .singleElement().asString().contains("several nodes depend on \"a\"");
        assertThat(told("{id: x, type: linear, nodes: [{id: a}, {id: b, dependencies: [a]}, {id: c}, "
                + "{id: d, dependencies: [c]}]}")).singleElement().asString().contains("second chain");
    }

    @Test
    void connectsCompensationsToNothingButTheirNode() {
        assertThat(told("""
            id: x
            nodes: [{id: a}, {id: u, type: compensate, dependencies: [a], config: {of: b, run: {executor: y}}},
                    {id: v, type: compensate, config: {of: u, run: {}}}]
            """)).anySatisfy(fault -> assertThat(fault).contains("no node \"b\""))
                .anySatisfy(fault -> assertThat(fault).contains("connected to other nodes"))
                .anySatisfy(fault -> assertThat(fault).contains("is a compensation itself"))
                .anySatisfy(fault -> assertThat(fault).contains("nodes[2].config.run.executor: is missing"));
    }

    @Test
    void asksForExecutorsOnlyWhereTheyAreKnown() {
        var text = "{id: x, nodes: [{id: phase_design, type: phase}, {id: b, executor: mail, dependencies: [phase_design]}]}";
        assertThat(WorkflowDefinition.parse(text, WorkflowLimits.defaults(), Map.of(NodeType.TASK, "mail"::equals)))
                .isNotNull();
        assertThatThrownBy(() -> WorkflowDefinition.parse(text, WorkflowLimits.defaults(),
                Map.of(NodeType.TASK, "post"::equals, NodeType.PHASE, "design"::equals)))
                .hasMessageContaining("nodes[1].executor: there is no handler \"mail\"");
    }

    @Test
    void aModelIsAskedOnlyWhereThereIsOneAndWithAPrompt() {
        var text = "{id: x, nodes: [{id: a, type: model, config: {prompt: \"Rate ${input.text}\", schema: {type: object}}}]}";
        assertThat(WorkflowDefinition.parse(text, WorkflowLimits.defaults(), Map.of(NodeType.MODEL, label -> true)))
                .isNotNull();
        assertThatThrownBy(() -> WorkflowDefinition.parse(text, WorkflowLimits.defaults(),
                Map.of(NodeType.MODEL, label -> false)))
                .hasMessageContaining("nodes[0].type: no language model is configured; set ANTHROPIC_API_KEY");
        assertThat(told("{id: x, nodes: [{id: a, type: model, config: {promt: hi, schema: {type: objekt}}}]}"))
                .anySatisfy(fault -> assertThat(fault).contains("nodes[0].config.promt"))
                .anySatisfy(fault -> assertThat(fault).contains("nodes[0].config.prompt"))
                .anySatisfy(fault -> assertThat(fault).contains("nodes[0].config.schema"));
    }

    @Test
    void anAgentIsNamedAndToldOneThing() {
        assertThat(told("{id: x, nodes: [{id: a, type: agent, config: {message: hi, input: {}}}]}"))
                .anySatisfy(fault -> assertThat(fault).contains("nodes[0].config.agent").contains("missing"))
                .anySatisfy(fault -> assertThat(fault).contains("nodes[0].config").contains("both message and input"));
        assertThat(told("{id: x, nodes: [{id: a, type: agent, timeout: 5m, config: {agent: b}}]}"))
                .anySatisfy(fault -> assertThat(fault).contains("nodes[0].timeout").contains("config.timeout"))
                .anySatisfy(fault -> assertThat(fault).contains("neither message nor input"));
        assertThat(WorkflowDefinition.parse(
                "---\n{id: x, nodes: [{id: a, type: agent, config: {agent: \"${input.who}\", "
                        + "skill: add, input: {a: 1}, timeout: 2h}}]}",
                WorkflowLimits.defaults(),
                Map.of(NodeType.AGENT, name -> false))).isNotNull();
    }

    @Test
    void aWorkflowIsPublishedUnderANameWithADescriptionAndASchema() {
        assertThat(told("{id: x, skill: {name: Bad-Name, input_schema: {type: array}, tagz: []}, nodes: [{id: a}]}"))
                .anySatisfy(fault -> assertThat(fault).contains("skill.name").contains("is no name of a skill"))
                .anySatisfy(fault -> assertThat(fault).contains("skill.description").contains("missing"))
                .anySatisfy(fault -> assertThat(fault).contains("skill.input_schema.type"))
                .anySatisfy(fault -> assertThat(fault).contains("skill.tagz").contains("did you mean"));
        var text = "---\n{id: x, skill: {name: greet, description: Greets., tags: [demo]}, nodes: [{id: a}]}";
        var definition = WorkflowDefinition.parse(text);
        assertThat(definition.skill().orElseThrow().tags()).containsExactly("demo");
        assertThat(WorkflowDefinition.stored(definition.toJson())).isEqualTo(definition);
        assertThatThrownBy(() -> WorkflowDefinition.parse(text, WorkflowLimits.defaults(),
                Map.of(NodeType.SKILL, name -> true))).hasMessageContaining("there is a skill \"greet\" already");
    }

    @Test
    void leavesWhatExpressionsGiveToTheRun() {
        assertThat(told("""
            id: x
            nodes: [{id: a, type: wait, config: {duration: "${input.rest}"}},
                    {id: b, type: wait, dependencies: [a], config: {until: "${input.time}"}},
                    {id: c, type: map, dependencies: [b], config: {items: [1, 2], node: {executor: y}}}]
            """)).isEmpty();
        assertThat(told("{id: x, nodes: [{id: a, type: wait, config: {until: tomorrow}}]}")).singleElement().asString()
                .contains("no point in time");
    }

    @Test
    void holdsItsLimits() {
        var limits = WorkflowLimits.defaults();
        assertThat(faults(chain(5), limits.withNodesMax(5))).isEmpty();
        assertThat(faults(chain(6), limits.withNodesMax(5))).first().asString().contains("limit is 5");
        assertThat(faults(chain(5), limits.withTextMax(10))).singleElement().asString().contains("limit is 10");
        assertThat(faults("{id: x, nodes: [{id: a, condition: '1 == 1'}]}", limits.withExpressionMax(6))).isEmpty();
        assertThat(faults("{id: x, nodes: [{id: a, condition: '1 == 10'}]}", limits.withExpressionMax(6))).hasSize(1);
        var group = "{id: i, type: parallel_group, config: {nodes: [%s]}}";
        var three = group.formatted(group.formatted(group.formatted("{id: leaf}")));
        assertThat(faults("{id: x, nodes: [" + three + "]}", limits)).isEmpty();
        assertThat(faults("{id: x, nodes: [" + group.formatted(three) + "]}", limits)).first().asString()
                .contains("more than 3 deep");
        assertThat(faults("{id: x, nodes: [" + three + "]}", limits.withNodesMax(3))).first().asString()
                .contains("there are 4 nodes");
    }

    @Test
    void takesTenThousandNodesInARow() {
        var definition = WorkflowDefinition.parse(chain(10_000));
        assertThat(definition.nodes()).hasSize(10_000);
        assertThat(definition.edges()).hasSize(9_999);
        assertThat(
                faults(chain(10_000).replace("[{\"id\": \"n0\"}", "[{\"id\": \"n0\", \"dependencies\": [\"n9999\"]}")))
                .first().asString().contains("n0 -> n1 -> n2").contains("(10000 nodes)");
    }

    @Test
    void listsAThousandFaultsAndCountsTheOthers() {
        var text = new StringBuilder("{\"id\": \"x\", \"nodes\": [{\"id\": \"a\"}");
        text.repeat(",{\"id\": \"\"}", 3_000);
        assertThat(told(text.append("]}").toString())).hasSize(Faults.LISTED_MAX + 1).last().asString()
                .contains("faults more");
    }
}
