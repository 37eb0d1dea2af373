package dev.howdah.server.a2a;

import java.util.Optional;
import java.util.stream.Stream;

/** What can be called, by the name that JSON-RPC has for it. */
sealed interface Method {
    String wireName();

    static Optional<Method> named(String name) {
        return Stream.<Method>concat(Stream.of(Unary.values()), Stream.of(Streaming.values()))
                .filter(method -> method.wireName().equals(name)).findFirst();
    }

    /** One answer. */
    enum Unary implements Method {
        SEND_MESSAGE("SendMessage"), GET_TASK("GetTask"), LIST_TASKS("ListTasks"), CANCEL_TASK(
                "CancelTask"), CREATE_PUSH_CONFIG("CreateTaskPushNotificationConfig"), GET_PUSH_CONFIG(
                        "GetTaskPushNotificationConfig"), LIST_PUSH_CONFIGS(
                                "ListTaskPushNotificationConfigs"), DELETE_PUSH_CONFIG(
                                        "DeleteTaskPushNotificationConfig"), GET_EXTENDED_CARD("GetExtendedAgentCard");

        private final String wireName;

        Unary(String wireName) {
            this.wireName = wireName;
        }

        @Override
        public String wireName() {
            return wireName;
        }
    }

    /** Answers as they come. */
    enum Streaming implements Method {
        SEND("SendStreamingMessage"), SUBSCRIBE("SubscribeToTask");

        private final String wireName;

        Streaming(String wireName) {
            this.wireName = wireName;
        }

        @Override
        public String wireName() {
            return wireName;
        }
    }
}
