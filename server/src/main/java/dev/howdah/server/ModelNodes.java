package dev.howdah.server;

import dev.howdah.agent.model.LanguageModel;
import dev.howdah.agent.model.ModelAnswer;
import dev.howdah.agent.model.ModelRequest;
import dev.howdah.workflow.NodeHandler;
import dev.howdah.workflow.NodeResult;
import dev.howdah.workflow.NodeRun;
import dev.howdah.workflow.definition.NodeType;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A language model as a node of workflows: its configuration is {@code {prompt, system, schema}}, its output
 * {@code {text, json, usage}}, where JSON is there if a schema is.
 */
final class ModelNodes {
    private static final String PURPOSE = "workflow";

    private ModelNodes() {}

    /** What runs such nodes, if there is a model. */
    static Map<NodeType, NodeHandler> of(Optional<LanguageModel> model) {
        return model.<Map<NodeType, NodeHandler>>map(asked -> Map.of(NodeType.MODEL,
                run -> NodeResult.of(output(asked.ask(request(run)))))).orElseGet(Map::of);
    }

    private static ModelRequest request(NodeRun run) {
        var config = run.config();
        var request = ModelRequest.of(PURPOSE, text(config.path("prompt"))).withSystem(text(config.path("system")));
        return config.path("schema").isObject() ? request.withSchema(config.path("schema")) : request;
    }

    /** What an expression gives may be anything; a model reads JSON as well. */
    private static String text(JsonNode value) {
        return value.isString() || value.isMissingNode() || value.isNull() ? value.asString("") : value.toString();
    }

    private static JsonNode output(ModelAnswer answer) {
        var output = JsonMapper.shared().createObjectNode().put("text", answer.text());
        answer.json().ifPresent(json -> output.set("json", json));
        output.putObject("usage").put("model", answer.model()).put("input_tokens", answer.inputTokens())
                .put("output_tokens", answer.outputTokens())
                .put("finish_reason", TaskViews.label(answer.finishReason()));
        return output;
    }
}
