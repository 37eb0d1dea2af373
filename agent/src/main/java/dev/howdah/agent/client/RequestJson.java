package dev.howdah.agent.client;

import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.SendMessageRequest;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Requests as ProtoJSON: the other direction of what {@link dev.howdah.agent.a2a.ProtoReader} reads. */
final class RequestJson {
    private RequestJson() {}

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    static ObjectNode send(SendMessageRequest request) {
        var json = object();
        json.set("message", ProtoJson.message(request.message()));
        var configuration = configuration(request.configuration());
        if (!configuration.isEmpty()) {
            json.set("configuration", configuration);
        }
        request.metadata().ifPresent(metadata -> json.set("metadata", metadata));
        return json;
    }

    private static ObjectNode configuration(SendMessageRequest.Configuration given) {
        var json = object();
        if (!given.acceptedOutputModes().isEmpty()) {
            var modes = json.putArray("acceptedOutputModes");
            given.acceptedOutputModes().forEach(modes::add);
        }
        given.push().ifPresent(config -> json.set("taskPushNotificationConfig", ProtoJson.pushConfig(config)));
        given.historyLength().ifPresent(length -> json.put("historyLength", length));
        if (given.returnImmediately()) {
            json.put("returnImmediately", true);
        }
        return json;
    }

    static ObjectNode list(ListTasksRequest request) {
        var json = object().put("pageSize", request.pageSize());
        request.contextId().ifPresent(id -> json.put("contextId", id));
        request.state().ifPresent(state -> json.put("status", state.wireName()));
        if (!request.pageToken().isEmpty()) {
            json.put("pageToken", request.pageToken());
        }
        request.historyLength().ifPresent(length -> json.put("historyLength", length));
        request.statusTimestampAfter().ifPresent(time -> json.put("statusTimestampAfter", ProtoJson.time(time)));
        if (request.includeArtifacts()) {
            json.put("includeArtifacts", true);
        }
        return json;
    }
}
