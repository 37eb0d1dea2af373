package dev.howdah.agent.a2a;

import dev.howdah.postgres.Uuids;
import java.util.Optional;

/**
 * The operations as far as the Agent Card declares them: what is switched off is refused, and so is a client that does not
 * ask for the extension that is required. All bindings go through it, so that they refuse the same. Thread-safe.
 */
public final class DeclaredOperations implements A2aOperations {
    private final A2aOperations operations;
    private final A2aSettings settings;

    public DeclaredOperations(A2aOperations operations, A2aSettings settings) {
        this.operations = operations;
        this.settings = settings;
    }

    @Override
    public StreamItem send(Caller caller, SendMessageRequest request) throws InterruptedException {
        checkExtension(caller);
        checkPush(request);
        return operations.send(sender(caller), request);
    }

    @Override
    public TaskStream stream(Caller caller, SendMessageRequest request) {
        checkStreaming(caller);
        checkPush(request);
        return operations.stream(sender(caller), request);
    }

    @Override
    public TaskStream subscribe(Caller caller, String taskId) {
        checkStreaming(caller);
        return operations.subscribe(caller, taskId);
    }

    @Override
    public Task get(Caller caller, GetTaskRequest request) {
        checkExtension(caller);
        return operations.get(caller, request);
    }

    @Override
    public TaskPage list(Caller caller, ListTasksRequest request) {
        checkExtension(caller);
        return operations.list(caller, request);
    }

    @Override
    public Task cancel(Caller caller, String taskId) {
        checkExtension(caller);
        return operations.cancel(caller, taskId);
    }

    @Override
    public PushConfig createPushConfig(Caller caller, PushConfig config) {
        checkPush(caller);
        return operations.createPushConfig(caller, config);
    }

    @Override
    public PushConfig getPushConfig(Caller caller, String taskId, String id) {
        checkPush(caller);
        return operations.getPushConfig(caller, taskId, id);
    }

    @Override
    public PushConfigPage listPushConfigs(Caller caller, String taskId, int pageSize, String pageToken) {
        checkPush(caller);
        return operations.listPushConfigs(caller, taskId, pageSize, pageToken);
    }

    @Override
    public void deletePushConfig(Caller caller, String taskId, String id) {
        checkPush(caller);
        operations.deletePushConfig(caller, taskId, id);
    }

    /** With a key of its own, every message is a new one. */
    private Caller sender(Caller caller) {
        return settings.knowsRepetitions() || caller.idempotencyKey().isPresent()
                ? caller
                : new Caller(caller.principal(), caller.tenant(), caller.extensions(),
                        Optional.of(Uuids.next().toString()), caller.resumeAfter());
    }

    private void checkExtension(Caller caller) {
        settings.requiredExtension().filter(required -> !caller.extensions().contains(required))
                .ifPresent(required -> {
                    throw new A2aException(A2aError.EXTENSION_SUPPORT_REQUIRED,
                            "this agent needs clients that support the extension " + required,
                            "name it in A2A-Extensions");
                });
    }

    private void checkStreaming(Caller caller) {
        checkExtension(caller);
        if (!settings.streaming()) {
            throw new A2aException(A2aError.UNSUPPORTED_OPERATION, "streaming is switched off here",
                    "use SendMessage, and GetTask to see how the task stands");
        }
    }

    private void checkPush(Caller caller) {
        checkExtension(caller);
        if (!settings.pushNotifications()) {
            throw pushNotSupported();
        }
    }

    private void checkPush(SendMessageRequest request) {
        if (!settings.pushNotifications() && request.configuration().push().isPresent()) {
            throw pushNotSupported();
        }
    }

    private static A2aException pushNotSupported() {
        return new A2aException(A2aError.PUSH_NOTIFICATION_NOT_SUPPORTED, "push notifications are switched off here",
                "follow the task with SubscribeToTask, or ask for it with GetTask");
    }
}
