package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aOperations;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.ExtendedCard;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.ProtoReader;
import dev.howdah.agent.a2a.TaskStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** From a method and its parameters in ProtoJSON to its result: the same for both bindings. */
final class Calls {
    private final A2aOperations operations;
    private final ExtendedCard card;

    Calls(A2aOperations operations, ExtendedCard card) {
        this.operations = operations;
        this.card = card;
    }

    ObjectNode call(Method.Unary method, Caller caller, ObjectNode params) throws InterruptedException {
        return switch (method) {
            case SEND_MESSAGE -> ProtoJson.item(operations.send(caller, ProtoReader.sendMessage(params)));
            case GET_TASK -> ProtoJson.task(operations.get(caller, ProtoReader.getTask(params)));
            case LIST_TASKS -> ProtoJson.page(operations.list(caller, ProtoReader.listTasks(params)));
            case CANCEL_TASK -> ProtoJson.task(operations.cancel(caller, ProtoReader.id(params)));
            case CREATE_PUSH_CONFIG -> ProtoJson.pushConfig(operations.createPushConfig(caller,
                    ProtoReader.pushConfig(params)));
            case GET_PUSH_CONFIG -> getPushConfig(caller, ProtoReader.pushConfigKey(params));
            case LIST_PUSH_CONFIGS -> listPushConfigs(caller, ProtoReader.listPushConfigs(params));
            case DELETE_PUSH_CONFIG -> deletePushConfig(caller, ProtoReader.pushConfigKey(params));
            case GET_EXTENDED_CARD -> card.get(caller);
        };
    }

    TaskStream open(Method.Streaming method, Caller caller, ObjectNode params) {
        return switch (method) {
            case SEND -> operations.stream(caller, ProtoReader.sendMessage(params));
            case SUBSCRIBE -> operations.subscribe(caller, ProtoReader.id(params));
        };
    }

    private ObjectNode getPushConfig(Caller caller, ProtoReader.PushConfigKey key) {
        return ProtoJson.pushConfig(operations.getPushConfig(caller, key.taskId(), key.id()));
    }

    private ObjectNode listPushConfigs(Caller caller, ProtoReader.PushConfigList list) {
        return ProtoJson.page(operations.listPushConfigs(caller, list.taskId(), list.pageSize(), list.pageToken()));
    }

    private ObjectNode deletePushConfig(Caller caller, ProtoReader.PushConfigKey key) {
        operations.deletePushConfig(caller, key.taskId(), key.id());
        return JsonMapper.shared().createObjectNode();
    }
}
