package dev.howdah.workflow.graph;

import dev.howdah.workflow.example.BuiltInWorkflows;
import dev.howdah.workflow.definition.WorkflowDefinition;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class GraphTest {
    private static Document xml(String text) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }

    private static int crossings(WorkflowDefinition definition) {
        var positions = GraphLayout.of(definition).positions();
        int crossings = 0;
        for (var a : definition.edges()) {
            for (var b : definition.edges()) {
                var fromA = requireNonNull(positions.get(a.from()));
                var fromB = requireNonNull(positions.get(b.from()));
                var toA = requireNonNull(positions.get(a.to()));
                var toB = requireNonNull(positions.get(b.to()));
                if (fromA.layer() == fromB.layer() && toA.layer() == toB.layer() && fromA.y() < fromB.y()
                        && toA.y() > toB.y()) {
                    crossings++;
                }
            }
        }
        return crossings;
    }

    @Test
    void putsEveryNodeBehindItsDependenciesAndNoneUponAnother() {
        for (var definition : BuiltInWorkflows.all()) {
            var positions = GraphLayout.of(definition).positions();
            assertThat(positions).hasSize(definition.nodes().size());
            assertThat(new HashSet<>(positions.values())).hasSize(definition.nodes().size());
            for (var edge : definition.edges()) {
                assertThat(requireNonNull(positions.get(edge.to())).x())
                        .isGreaterThan(requireNonNull(positions.get(edge.from())).x() + GraphLayout.NODE_WIDTH);
            }
        }
    }

    @Test
    void ordersLayersSoThatEdgesDoNotCross() {
        var builder = WorkflowDefinition.named("lanes").task("start");
        for (int lane = 0; lane < 8; lane++) {
            var id = "a" + lane;
            builder.task(id, n -> n.after("start"));
        }
        for (int lane = 0; lane < 8; lane++) {
            var opposite = "a" + (7 - lane);
            builder.task("b" + lane, n -> n.after(opposite));
        }
        assertThat(crossings(builder.build())).isZero();
        var crossing = WorkflowDefinition.named("x").task("s").task("a", n -> n.after("s")).task("b", n -> n.after("s"))
                .task("c", n -> n.after("b")).task("d", n -> n.after("a")).build();
        assertThat(crossings(crossing)).isZero();
    }

    @Test
    void placesTenThousandNodes() {
        var builder = WorkflowDefinition.named("large").task("n0");
        for (int i = 1; i < 10_000; i++) {
            int before = i - 1 - (i * 7919) % Math.min(i, 100);
            builder.task("n" + i, n -> n.after("n" + before));
        }
        var definition = builder.build();
        var layout = GraphLayout.of(definition);
        assertThat(new HashSet<>(layout.positions().values())).hasSize(10_000);
        assertThat(GraphSvg.of(definition)).contains(">n9999<");
    }

    @Test
    void drawsStatesAndDurationsAsWellFormedXml() throws Exception {
        var definition = BuiltInWorkflows.all().getLast();
        var progress = new HashMap<String, GraphSvg.Progress>();
        var states = List.of("completed", "running", "ready", "waiting", "failed", "skipped", "blocked", "cancelled");
        for (int i = 0; i < states.size(); i++) {
            progress.put(definition.nodes().get(i).id(), new GraphSvg.Progress(states.get(i),
                    Optional.of(Duration.ofMillis(840L * (i + 1) * (i + 1) * (i + 1)))));
        }
        var svg = GraphSvg.of(definition, progress);
        assertThat(xml(svg).getElementsByTagName("g").getLength()).isEqualTo(definition.nodes().size() + 1);
        assertThat(svg).contains("class=\"running\"", "class=\"blocked\"", "840 ms", "prefers-color-scheme: dark",
                "1 of 10 nodes completed");
    }

    @Test
    void escapesEveryText() throws Exception {
        var definition = WorkflowDefinition.named("x").name("<script>alert(1)</script> & \"q\" \u0001")
                .task("a", n -> n.name("</text><image href='x'/>\ud83d\udc15\ud83d\udc15\ud83d\udc15\ud83d\udc15"))
                .task("b", n -> n.name("\ud800 lone")).edge("a", "b", "'<' != \"&\"").build();
        var document = xml(GraphSvg.of(definition,
                Map.of("a", new GraphSvg.Progress("\"><script/>", Optional.empty()))));
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(document.getElementsByTagName("image").getLength()).isZero();
    }
}
