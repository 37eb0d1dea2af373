package dev.howdah.agent.client;

/** The operations of A2A 1.0 by the names that JSON-RPC and gRPC share. */
public enum A2aMethod {
    SEND_MESSAGE("SendMessage"), SEND_STREAMING_MESSAGE("SendStreamingMessage"), GET_TASK("GetTask"), LIST_TASKS(
            "ListTasks"), CANCEL_TASK("CancelTask"), SUBSCRIBE_TO_TASK("SubscribeToTask"), CREATE_PUSH_CONFIG(
                    "CreateTaskPushNotificationConfig"), GET_PUSH_CONFIG(
                            "GetTaskPushNotificationConfig"), LIST_PUSH_CONFIGS(
                                    "ListTaskPushNotificationConfigs"), DELETE_PUSH_CONFIG(
                                            "DeleteTaskPushNotificationConfig"), GET_EXTENDED_CARD(
                                                    "GetExtendedAgentCard");

    private final String wireName;

    A2aMethod(String wireName) {
        this.wireName = wireName;
    }

    /** What requests call it. */
    public String wireName() {
        return wireName;
    }
}
