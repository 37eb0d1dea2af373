package dev.howdah.workflow.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ParsingTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    @Test
    void readsTheWorkflowFileInYaml() {
        var definition = WorkflowDefinition
                .parse("""
                    workflow:
                      id: order
                      name: An order
                      type: parallel
                      metadata: {team: shop}
                      timeout: 2h
                    nodes:
                      - id: phase_charge
                        name: Charge
                        type: phase
                        execution_mode: sequential
                        config: {amount: "${input.total}"}
                        retry_policy: {max_attempts: 4, retry_delay_seconds: 2, retry_on_failure: true, exponential_backoff: true}
                        timeout_seconds: 90
                        quality_threshold: 0.8
                      - id: pack
                        type: custom
                        dependencies: [phase_charge]
                        input_contracts: [{type: object}]
                        output_contract: {type: object, required: [parcel]}
                        heartbeat_timeout: 1500ms
                      - id: ship
                        type: task
                        executor: courier
                        retry: {attempts: 5, delay: 5s, backoff: 3, max_delay: 1m, jitter: 0.5, non_retryable: [no-address]}
                    edges:
                      - {from: pack, to: ship, condition: "${outputs.pack.parcel != ''}", data_mapping: {parcel: parcel.id}}
                    """);
        assertThat(definition.id()).isEqualTo("order");
        assertThat(definition.name()).isEqualTo("An order");
        assertThat(definition.type()).isEqualTo(WorkflowType.PARALLEL);
        assertThat(definition.metadata()).isEqualTo(json("{\"team\": \"shop\"}"));
        assertThat(definition.timeout()).contains(Duration.ofHours(2));
        var charge = definition.node("phase_charge").orElseThrow();
        assertThat(charge.executor()).isEqualTo("charge");
        assertThat(charge.retry()).isEqualTo(new RetryPolicy(4, Duration.ofSeconds(2), 2, Duration.ofHours(1), 0,
                List.of()));
        assertThat(charge.timeout()).contains(Duration.ofSeconds(90));
        assertThat(charge.gate()).contains(new QualityGate(0.8));
        var pack = definition.node("pack").orElseThrow();
        assertThat(pack.type()).isEqualTo(NodeType.TASK);
        assertThat(pack.heartbeat()).contains(Duration.ofMillis(1_500));
        assertThat(pack.inputContract()).contains(json("{\"type\": \"object\"}"));
        var ship = definition.node("ship").orElseThrow();
        assertThat(ship.executor()).isEqualTo("courier");
        assertThat(ship.dependencies()).containsExactly("pack");
        assertThat(ship.config()).isEqualTo(json("{\"parcel\": \"${outputs[\\\"pack\\\"].parcel.id}\"}"));
        assertThat(ship.retry().nonRetryable()).containsExactly("no-address");
        assertThat(definition.edges()).containsExactly(new Edge("phase_charge", "pack", Optional.empty()),
                new Edge("pack", "ship", Optional.of("outputs.pack.parcel != ''")));
        assertThat(definition.dependants("phase_charge")).containsExactly("pack");
        assertThat(definition.incoming("ship")).hasSize(1);
        assertThat(definition.roots()).containsExactly(charge);
        assertThat(WorkflowDefinition.parse(definition.toJson().toString())).isEqualTo(definition);
        assertThat(WorkflowDefinition.stored(definition.toJson())).isEqualTo(definition);
    }

    @Test
    void readsTheFlatFormAndTakesTheNameForAnId() {
        var definition = WorkflowDefinition.parse("""
            {"name": "My Flow!", "nodes": [{"id": "a"}, {"id": "b", "dependencies": ["a", "a"]}],
             "edges": [{"from": "a", "to": "b"}]}""");
        assertThat(definition.id()).isEqualTo("my-flow");
        assertThat(definition.type()).isEqualTo(WorkflowType.CUSTOM);
        assertThat(definition.edges()).containsExactly(new Edge("a", "b", Optional.empty()));
        assertThat(definition.nodes().get(1).dependencies()).containsExactly("a");
    }

    @Test
    void readsTheGraphOfAStudio() {
        var definition = WorkflowDefinition.parse("""
            {"workflow_id": "studio", "nodes": [
              {"id": "1", "type": "phaseNode", "position": {"x": 10, "y": 20},
               "data": {"phase": "design", "label": "Design", "status": "idle", "phase_config": {"depth": 2}}},
              {"id": "2", "type": "default", "data": {"label": "Ask", "node_type": "human_review",
               "config": {"prompt": "Good?"}}}],
             "edges": [{"id": "1-2", "source": "1", "target": "2", "type": "smoothstep", "animated": true}]}""");
        var design = definition.node("1").orElseThrow();
        assertThat(design.type()).isEqualTo(NodeType.PHASE);
        assertThat(design.executor()).isEqualTo("design");
        assertThat(design.name()).isEqualTo("Design");
        assertThat(design.config()).isEqualTo(json("{\"depth\": 2}"));
        assertThat(design.metadata()).isEqualTo(json("{\"position\": {\"x\": 10, \"y\": 20}}"));
        assertThat(definition.node("2").orElseThrow().type()).isEqualTo(NodeType.HUMAN_REVIEW);
        assertThat(definition.node("2").orElseThrow().dependencies()).containsExactly("1");
    }

    @Test
    void readsChildren() {
        var definition = WorkflowDefinition.parse("""
            id: children
            nodes:
              - id: pages
                type: map
                config:
                  items: input.pages
                  concurrency: 8
                  node: {type: task, executor: render, config: {page: "${item}"}, timeout: 10s, retry: {attempts: 2}}
              - id: both
                type: parallel_group
                dependencies: [pages]
                config: {nodes: [{id: left, executor: l}, {id: right, type: wait, config: {duration: 5s}}]}
              - id: undo
                type: compensate
                config: {of: pages, run: {executor: delete_pages}}
            """);
        var each = definition.node("pages").orElseThrow().children().getFirst();
        assertThat(each.executor()).isEqualTo("render");
        assertThat(each.timeout()).contains(Duration.ofSeconds(10));
        assertThat(each.retry().attempts()).isEqualTo(2);
        assertThat(definition.node("both").orElseThrow().children()).extracting(WorkflowNode::id)
                .containsExactly("left", "right");
        assertThat(definition.node("undo").orElseThrow().children().getFirst().executor()).isEqualTo("delete_pages");
        assertThat(definition.roots()).extracting(WorkflowNode::id).containsExactly("pages");
        assertThat(WorkflowDefinition.parse(definition.toJson().toString())).isEqualTo(definition);
    }

    @Test
    void buildsInJavaWhatAFileWouldSay() {
        var built = WorkflowDefinition.named("order").name("Order").type(WorkflowType.LINEAR)
                .task("charge", n -> n.config("amount", "${input.total}").retry(3, Duration.ofSeconds(5)))
                .map("labels", "outputs.charge.parcels", 4, NodeBuilder.task("label").config("parcel", "${item}"),
                        n -> n.after("charge").when("input.total > 0"))
                .pause("rest", Duration.ofMinutes(90), n -> n.after("labels"))
                .compensate("refund", "charge", NodeBuilder.task("refund")).build();
        assertThat(built).isEqualTo(WorkflowDefinition.parse("""
            id: order
            name: Order
            type: linear
            nodes:
              - id: charge
                config: {amount: "${input.total}"}
                retry: {attempts: 3, delay: 5s, backoff: 2}
              - id: labels
                type: map
                dependencies: [charge]
                condition: input.total > 0
                config:
                  items: outputs.charge.parcels
                  concurrency: 4
                  node: {type: task, executor: label, config: {parcel: "${item}"}}
              - {id: rest, type: wait, dependencies: [labels], config: {duration: 90m}}
              - {id: refund, type: compensate, config: {of: charge, run: {type: task, executor: refund}}}
            """));
    }

    @Test
    void saysWhereTextIsNoJsonOrYaml() {
        assertThatThrownBy(() -> WorkflowDefinition.parse("{\"id\": \n \"x\" \"y\"}"))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("JSON").hasMessageContaining("line 2");
        assertThatThrownBy(() -> WorkflowDefinition.parse("id: x\nnodes: [a\n"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("YAML");
        assertThatThrownBy(() -> WorkflowDefinition.parse("id: x\nid: y\n")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("uplicate");
        assertThatThrownBy(() -> WorkflowDefinition.parse("{\"id\": \"x\", \"id\": \"y\"}"))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("uplicate");
        assertThatThrownBy(() -> WorkflowDefinition.parse("a: &x [1]\nid: *x\n"))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("alias");
        for (var text : List.of("", "[]", "just words", "null", "5")) {
            assertThatThrownBy(() -> WorkflowDefinition.parse(text)).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("not an object");
        }
    }

    @Test
    void writesDurationsAsTheyAreRead() {
        for (var text : List.of("0s", "250ms", "90s", "5m", "2h", "3d", "1500ms")) {
            assertThat(DurationText.of(dev.howdah.postgres.Setting.parseDuration(text))).isEqualTo(text);
        }
        assertThat(DurationText.of(Duration.ofNanos(5))).isEqualTo("PT0.000000005S");
    }
}
