package dev.howdah.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.FieldBehavior;
import com.google.api.FieldBehaviorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.howdah.agent.grpc.v1.A2AProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the {@code .proto} to the protocol's table of messages: numbers, types, presence, nothing more and nothing less. */
class WireTableTest {
    private static final String NULLABLE = "?";
    private static final String REQUIRED = "!";

    @Test
    void hasTheNameOfTheProtocol() {
        assertThat(A2AProto.getDescriptor().getPackage()).isEqualTo("lf.a2a.v1");
        assertThat(A2AProto.getDescriptor().getServices()).singleElement()
                .satisfies(service -> assertThat(service.getName()).isEqualTo("A2AService"));
    }

    @Test
    void hasEveryMessageOfTheTableAndNoOther() throws IOException {
        assertThat(messages()).isEqualTo(table());
    }

    @Test
    void hasTheNumbersOfTheEnums() {
        assertThat(values("TaskState")).containsExactlyInAnyOrderEntriesOf(Map.of("TASK_STATE_UNSPECIFIED", 0,
                "TASK_STATE_SUBMITTED", 1, "TASK_STATE_WORKING", 2, "TASK_STATE_COMPLETED", 3, "TASK_STATE_FAILED", 4,
                "TASK_STATE_CANCELED", 5, "TASK_STATE_INPUT_REQUIRED", 6, "TASK_STATE_REJECTED", 7,
                "TASK_STATE_AUTH_REQUIRED", 8));
        assertThat(values("Role"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("ROLE_UNSPECIFIED", 0, "ROLE_USER", 1, "ROLE_AGENT", 2));
        assertThat(A2AProto.getDescriptor().getEnumTypes()).hasSize(2);
    }

    @Test
    void hasEveryOperation() {
        assertThat(
                A2AProto.getDescriptor().getServices().getFirst().getMethods().stream().map(WireTableTest::signature))
                .containsExactlyInAnyOrder("SendMessage(SendMessageRequest): SendMessageResponse",
                        "SendStreamingMessage(SendMessageRequest): stream StreamResponse",
                        "GetTask(GetTaskRequest): Task", "ListTasks(ListTasksRequest): ListTasksResponse",
                        "CancelTask(CancelTaskRequest): Task",
                        "SubscribeToTask(SubscribeToTaskRequest): stream StreamResponse",
                        "CreateTaskPushNotificationConfig(TaskPushNotificationConfig): TaskPushNotificationConfig",
                        "GetTaskPushNotificationConfig(GetTaskPushNotificationConfigRequest): "
                                + "TaskPushNotificationConfig",
                        "ListTaskPushNotificationConfigs(ListTaskPushNotificationConfigsRequest): "
                                + "ListTaskPushNotificationConfigsResponse",
                        "DeleteTaskPushNotificationConfig(DeleteTaskPushNotificationConfigRequest): Empty",
                        "GetExtendedAgentCard(GetExtendedAgentCardRequest): AgentCard");
    }

    /** Per message its fields, sorted, in the notation of the table. */
    private static Map<String, List<String>> table() throws IOException {
        try (var file = WireTableTest.class.getResourceAsStream("wire-table.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .map(line -> line.split(": ", 2))
                    .collect(Collectors.toMap(line -> line[0],
                            line -> List.of(line[1].split("; ")).stream().sorted().toList(), (a, _) -> a,
                            TreeMap::new));
        }
    }

    private static Map<String, List<String>> messages() {
        return A2AProto.getDescriptor().getMessageTypes().stream().collect(Collectors.toMap(Descriptor::getName,
                message -> message.getFields().stream().map(WireTableTest::notation).sorted().toList(),
                (a, _) -> a, TreeMap::new));
    }

    private static String notation(FieldDescriptor field) {
        var text = new StringBuilder(field.getName()).append('=').append(field.getNumber()).append(' ')
                .append(type(field));
        if (field.isRepeated() && !field.isMapField()) {
            text.append("[]");
        }
        if (field.getRealContainingOneof() != null) {
            text.append('|').append(field.getRealContainingOneof().getName());
        } else if (field.hasPresence() && field.getType() != FieldDescriptor.Type.MESSAGE) {
            text.append(NULLABLE);
        }
        if (field.getOptions().getExtension(FieldBehaviorProto.fieldBehavior).contains(FieldBehavior.REQUIRED)) {
            text.append(REQUIRED);
        }
        return text.toString();
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            var entry = field.getMessageType();
            return "map<" + type(entry.findFieldByName("key")) + "," + type(entry.findFieldByName("value")) + ">";
        }
        return switch (field.getType()) {
            case MESSAGE -> field.getMessageType().getName();
            case ENUM -> field.getEnumType().getName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static Map<String, Integer> values(String name) {
        EnumDescriptor found = A2AProto.getDescriptor().findEnumTypeByName(name);
        return found.getValues().stream().collect(Collectors.toMap(value -> value.getName(),
                value -> value.getNumber()));
    }

    private static String signature(MethodDescriptor method) {
        Function<Boolean, String> stream = streaming -> streaming ? "stream " : "";
        return method.getName() + "(" + stream.apply(method.isClientStreaming()) + method.getInputType().getName()
                + "): " + stream.apply(method.isServerStreaming()) + method.getOutputType().getName();
    }
}
