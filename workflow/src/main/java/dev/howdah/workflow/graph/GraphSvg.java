package dev.howdah.workflow.graph;

import dev.howdah.workflow.definition.Edge;
import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.WorkflowDefinition;
import dev.howdah.workflow.definition.WorkflowNode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Draws a definition, and how far an execution of it has come, as an SVG that needs nothing else. */
public final class GraphSvg {
    private static final int MARGIN = 32;
    private static final int HEADER = 56;
    private static final int NAME_MAX = 21;
    private static final String STYLE = """
        svg { --page: #ffffff; --ink: #1b2430; --soft: #5b6776; --line: #b4bdc9; --card: #ffffff; --rim: #dde3ea;
          font-family: system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif }
        .pending { --state: #8b97a6; --fill: #f6f8fa } .ready { --state: #2f7ae5; --fill: #eef5ff }
        .running { --state: #1463d8; --fill: #e3eeff } .waiting { --state: #8250df; --fill: #f4edff }
        .completed { --state: #1a8a4a; --fill: #eaf8ef } .failed { --state: #cf2f36; --fill: #fdecec }
        .skipped { --state: #8b97a6; --fill: #f6f8fa } .blocked { --state: #bf6a02; --fill: #fff4e2 }
        .cancelled { --state: #6b7684; --fill: #eef0f3 }
        @media (prefers-color-scheme: dark) {
          svg { --page: #0f141b; --ink: #e8edf3; --soft: #9aa7b6; --line: #4a5666; --card: #171e27; --rim: #2a3441 }
          .pending { --state: #7d8a9a; --fill: #171e27 } .ready { --state: #6aa8ff; --fill: #16243a }
          .running { --state: #5b9dff; --fill: #17294a } .waiting { --state: #b78bff; --fill: #251c3d }
          .completed { --state: #4cc47c; --fill: #14291e } .failed { --state: #ff7076; --fill: #341a1d }
          .skipped { --state: #7d8a9a; --fill: #171e27 } .blocked { --state: #f0a63a; --fill: #33250f }
          .cancelled { --state: #8793a1; --fill: #1d232b }
        }
        .page { fill: var(--page) } .title { fill: var(--ink); font-size: 17px; font-weight: 650 }
        .sub, .kind, .time, .when { fill: var(--soft); font-size: 11.5px }
        .card { fill: var(--fill); stroke: var(--state); stroke-width: 1.25 } .bar { fill: var(--state) }
        .name { fill: var(--ink); font-size: 13.5px; font-weight: 600 }
        .time { text-anchor: end } .state { fill: var(--state); font-size: 11.5px; font-weight: 600 }
        .edge { fill: none; stroke: var(--line); stroke-width: 1.5 } .tip { fill: var(--line) }
        .taken { stroke: #4cae78 } .maybe { stroke-dasharray: 5 4 } .undo { stroke-dasharray: 2 4 }
        .skipped .card, .cancelled .card, .pending .card { stroke-dasharray: 4 3 }
        .skipped .name, .cancelled .name { fill: var(--soft) }
        @media (prefers-reduced-motion: no-preference) {
          .running .bar { animation: breathe 1.6s ease-in-out infinite }
          @keyframes breathe { 50% { opacity: .35 } }
        }
        """;

    private GraphSvg() {}

    /**
     * How far a node has come.
     *
     * @param status pending, ready, running, waiting, completed, failed, skipped, blocked or cancelled
     * @param duration how long it ran, or has been running
     */
    public record Progress(String status, Optional<Duration> duration) {}

    /** A definition by itself. */
    public static String of(WorkflowDefinition definition) {
        return of(definition, Map.of());
    }

    /**
     * A definition with the states of its nodes; those that are not named are pending.
     *
     * @param progress by node
     */
    public static String of(WorkflowDefinition definition, Map<String, Progress> progress) {
        var layout = GraphLayout.of(definition);
        int width = Math.max(layout.width(), 320) + 2 * MARGIN;
        int height = layout.height() + 2 * MARGIN + HEADER;
        var svg = new StringBuilder(1_024 + 900 * definition.nodes().size());
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"").append(width).append("\" height=\"")
                .append(height).append("\" viewBox=\"0 0 ").append(width).append(' ').append(height)
                .append("\" role=\"img\" aria-label=\"").append(escape(definition.name())).append("\">\n<style>\n")
                .append(STYLE).append("</style>\n<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" ")
                .append("markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"tip\" d=\"M0 0 8 4 0 8z\"/>")
                .append("</marker></defs>\n<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n<text class=\"title\" x=\"")
                .append(MARGIN).append("\" y=\"").append(MARGIN + 6).append("\">").append(escape(definition.name()))
                .append("</text>\n<text class=\"sub\" x=\"").append(MARGIN).append("\" y=\"").append(MARGIN + 26)
                .append("\">").append(escape(summary(definition, progress)))
                .append("</text>\n<g transform=\"translate(")
                .append(MARGIN).append(' ').append(MARGIN + HEADER).append(")\">\n");
        definition.edges().forEach(edge -> edge(svg, layout, progress, edge));
        definition.nodes().stream().filter(node -> node.type() == NodeType.COMPENSATE)
                .forEach(node -> undo(svg, layout, node));
        definition.nodes().forEach(node -> node(svg, node, layout.positions().getOrDefault(node.id(),
                new GraphLayout.Position(0, 0, 0)), progress(progress, node.id())));
        return svg.append("</g>\n</svg>\n").toString();
    }

    private static Progress progress(Map<String, Progress> progress, String id) {
        return progress.getOrDefault(id, new Progress("pending", Optional.empty()));
    }

    private static String summary(WorkflowDefinition definition, Map<String, Progress> progress) {
        int size = definition.nodes().size();
        var nodes = size + (size == 1 ? " node" : " nodes");
        if (progress.isEmpty()) {
            return definition.type().label() + " · " + nodes;
        }
        long done = progress.values().stream().filter(state -> state.status().equals("completed")).count();
        return done + " of " + nodes + " completed";
    }

    private static void edge(StringBuilder svg, GraphLayout layout, Map<String, Progress> progress, Edge edge) {
        var from = layout.positions().get(edge.from());
        var to = layout.positions().get(edge.to());
        if (from == null || to == null) {
            return;
        }
        boolean isTaken = progress(progress, edge.from()).status().equals("completed")
                && !progress(progress, edge.to()).status().matches("pending|skipped|cancelled");
        svg.append("<path class=\"edge").append(isTaken ? " taken" : "")
                .append(edge.condition().isPresent() ? " maybe" : "").append("\" marker-end=\"url(#tip)\" d=\"")
                .append(curve(from, to)).append("\">");
        edge.condition().ifPresent(condition -> svg.append("<title>if ").append(escape(condition)).append("</title>"));
        svg.append("</path>\n");
    }

    private static void undo(StringBuilder svg, GraphLayout layout, WorkflowNode node) {
        var from = layout.positions().get(node.config().path("of").asString(""));
        var to = layout.positions().get(node.id());
        if (from != null && to != null) {
            svg.append("<path class=\"edge undo\" d=\"").append(curve(from, to)).append("\"/>\n");
        }
    }

    private static String curve(GraphLayout.Position from, GraphLayout.Position to) {
        int x1 = from.x() + GraphLayout.NODE_WIDTH;
        int y1 = from.y() + GraphLayout.NODE_HEIGHT / 2;
        int x2 = to.x() - 2;
        int y2 = to.y() + GraphLayout.NODE_HEIGHT / 2;
        int bend = Math.max(GraphLayout.GAP_X / 2, (x2 - x1) / 3);
        return "M" + x1 + " " + y1 + "C" + (x1 + bend) + " " + y1 + " " + (x2 - bend) + " " + y2 + " " + x2 + " " + y2;
    }

    private static void node(StringBuilder svg, WorkflowNode node, GraphLayout.Position at, Progress progress) {
        var status = STATUSES.contains(progress.status()) ? progress.status() : "pending";
        svg.append("<g class=\"").append(status).append("\" transform=\"translate(").append(at.x()).append(' ')
                .append(at.y()).append(")\"><title>").append(escape(node.name() + " (" + node.id() + "): " + status))
                .append("</title><rect class=\"card\" width=\"").append(GraphLayout.NODE_WIDTH).append("\" height=\"")
                .append(GraphLayout.NODE_HEIGHT)
                .append("\" rx=\"10\"/><rect class=\"bar\" x=\"8\" y=\"12\" width=\"4\" "
                        + "height=\"40\" rx=\"2\"/>");
        text(svg, "name", 22, 27, shorten(node.name()));
        text(svg, "kind", 22, 48, kind(node));
        text(svg, "time", GraphLayout.NODE_WIDTH - 12, 48, progress.duration().map(GraphSvg::time).orElse(""));
        if (!status.equals("pending")) {
            svg.append("<circle class=\"bar\" cx=\"").append(GraphLayout.NODE_WIDTH - 16)
                    .append("\" cy=\"22\" r=\"4.5\"/>");
        }
        svg.append("</g>\n");
    }

    private static final java.util.Set<String> STATUSES = java.util.Set.of("pending", "ready", "running", "waiting",
            "completed", "failed", "skipped", "blocked", "cancelled");

    private static void text(StringBuilder svg, String style, int x, int y, String text) {
        if (!text.isEmpty()) {
            svg.append("<text class=\"").append(style).append("\" x=\"").append(x).append("\" y=\"").append(y)
                    .append("\">").append(escape(text)).append("</text>");
        }
    }

    private static String kind(WorkflowNode node) {
        var kind = node.type().label().replace('_', ' ');
        return node.type() == NodeType.PARALLEL_GROUP ? kind + " · " + node.children().size() : kind;
    }

    private static String shorten(String name) {
        return name.codePointCount(0, name.length()) <= NAME_MAX
                ? name
                : name.substring(0, name.offsetByCodePoints(0, NAME_MAX - 1)) + "…";
    }

    /** As people say it: 840 ms, 12.3 s, 4 min 5 s, 2 h 10 min. */
    private static String time(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + " ms";
        }
        if (duration.compareTo(Duration.ofMinutes(1)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1_000.0);
        }
        return duration.compareTo(Duration.ofHours(1)) < 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }

    /** Also leaves out what XML does not allow at all. */
    private static String escape(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF]", "")
                .replaceAll("[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]", "?")
                .replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
