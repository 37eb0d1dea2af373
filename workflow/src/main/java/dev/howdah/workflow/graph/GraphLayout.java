package dev.howdah.workflow.graph;

import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.WorkflowDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the nodes of a definition are drawn. Layers run from left to right: a node stands one layer behind the last of its
 * dependencies (longest path). Within a layer nodes are ordered by the mean place of their neighbours, to and fro a few
 * times, which leaves few edges crossing (Sugiyama's method, barycentres). Edges over several layers are not bent round the nodes
 * between, which keeps ten thousand nodes cheap. A compensation stands behind the node that it undoes.
 */
public final class GraphLayout {
    /** The size of a node, and the room from one to the next. */
    public static final int NODE_WIDTH = 216;

    public static final int NODE_HEIGHT = 64;
    public static final int GAP_X = 72;
    public static final int GAP_Y = 28;

    private static final int SWEEPS = 6;

    /**
     * A node's upper left corner.
     *
     * @param layer from 0, left to right
     */
    public record Position(int x, int y, int layer) {}

    private final Map<String, Position> positions;
    private final int width;
    private final int height;

    private GraphLayout(Map<String, Position> positions) {
        this.positions = Collections.unmodifiableMap(positions);
        width = positions.values().stream().mapToInt(at -> at.x() + NODE_WIDTH).max().orElse(0);
        height = positions.values().stream().mapToInt(at -> at.y() + NODE_HEIGHT).max().orElse(0);
    }

    /** Places all nodes of a definition. */
    public static GraphLayout of(WorkflowDefinition definition) {
        var graph = new Graph(definition);
        var layers = graph.layers();
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            graph.order(layers, sweep % 2 == 0);
        }
        int tallest = layers.stream().mapToInt(layer -> layer.length).max().orElse(0);
        var positions = new LinkedHashMap<String, Position>();
        definition.nodes().forEach(node -> positions.put(node.id(), new Position(0, 0, 0)));
        for (int layer = 0; layer < layers.size(); layer++) {
            var ordinals = layers.get(layer);
            int top = (tallest - ordinals.length) * (NODE_HEIGHT + GAP_Y) / 2;
            for (int i = 0; i < ordinals.length; i++) {
                positions.put(definition.nodes().get(ordinals[i]).id(), new Position(layer * (NODE_WIDTH + GAP_X),
                        top + i * (NODE_HEIGHT + GAP_Y), layer));
            }
        }
        return new GraphLayout(positions);
    }

    /** By node, in the definition's order. */
    public Map<String, Position> positions() {
        return positions;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** The graph by ordinals: ids are looked up once. */
    private static final class Graph {
        private final int[][] before;
        private final int[][] after;
        private final double[] place;

        Graph(WorkflowDefinition definition) {
            int size = definition.nodes().size();
            var ordinals = new HashMap<String, Integer>();
            for (int i = 0; i < size; i++) {
                ordinals.put(definition.nodes().get(i).id(), i);
            }
            before = new int[size][];
            after = new int[size][];
            place = new double[size];
            for (int i = 0; i < size; i++) {
                var node = definition.nodes().get(i);
                // A compensation is drawn after the node that it undoes, though nothing runs along that line.
                before[i] = ordinals(node.type() == NodeType.COMPENSATE
                        ? List.of(node.config().path("of").asString(""))
                        : node.dependencies(), ordinals);
                after[i] = new int[0];
            }
            var followers = new ArrayList<List<Integer>>();
            for (int i = 0; i < size; i++) {
                followers.add(new ArrayList<>());
            }
            for (int i = 0; i < size; i++) {
                for (int source : before[i]) {
                    followers.get(source).add(i);
                }
            }
            for (int i = 0; i < size; i++) {
                after[i] = followers.get(i).stream().mapToInt(Integer::intValue).toArray();
            }
        }

        private static int[] ordinals(List<String> ids, Map<String, Integer> ordinals) {
            return ids.stream().filter(ordinals::containsKey).mapToInt(ordinals::get).toArray();
        }

        List<int[]> layers() {
            var layer = new int[before.length];
            var unmet = new int[before.length];
            var free = new ArrayDeque<Integer>();
            for (int i = 0; i < before.length; i++) {
                unmet[i] = before[i].length;
                if (unmet[i] == 0) {
                    free.add(i);
                }
            }
            while (!free.isEmpty()) {
                int at = free.poll();
                for (int next : after[at]) {
                    layer[next] = Math.max(layer[next], layer[at] + 1);
                    if (--unmet[next] == 0) {
                        free.add(next);
                    }
                }
            }
            int last = Arrays.stream(layer).max().orElse(-1);
            var layers = new ArrayList<List<Integer>>();
            for (int i = 0; i <= last; i++) {
                layers.add(new ArrayList<>());
            }
            for (int i = 0; i < layer.length; i++) {
                place[i] = layers.get(layer[i]).size();
                layers.get(layer[i]).add(i);
            }
            return layers.stream().map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                    .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
        }

        /** Orders each layer by the places of the neighbours on one side. */
        void order(List<int[]> layers, boolean isForward) {
            var neighbours = isForward ? before : after;
            for (int step = 0; step < layers.size(); step++) {
                int index = isForward ? step : layers.size() - 1 - step;
                var layer = layers.get(index);
                var wanted = new double[layer.length];
                var order = new Integer[layer.length];
                for (int i = 0; i < layer.length; i++) {
                    order[i] = i;
                    wanted[i] = mean(neighbours[layer[i]], place[layer[i]]);
                }
                Arrays.sort(order, java.util.Comparator.comparingDouble(i -> wanted[i]));
                var sorted = new int[layer.length];
                for (int i = 0; i < layer.length; i++) {
                    sorted[i] = layer[order[i]];
                    // Counted from the middle, because layers are centred.
                    place[sorted[i]] = i - (layer.length - 1) / 2.0;
                }
                layers.set(index, sorted);
            }
        }

        private double mean(int[] neighbours, double own) {
            return neighbours.length == 0
                    ? own
                    : Arrays.stream(neighbours).mapToDouble(i -> place[i]).sum() / neighbours.length;
        }
    }
}
