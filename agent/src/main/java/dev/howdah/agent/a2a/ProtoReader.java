package dev.howdah.agent.a2a;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads requests and values from ProtoJSON: fields in camel case or as the protocol's file has them, null as absent, unknown
 * fields ignored, enum values by name or number. Every fault is noted with its path; {@link #orThrow} then throws them all.
 */
public final class ProtoReader {
    /** Parts of a message. */
    public static final int PARTS_MAX = 1000;
    private static final int ID_MAX = 200;

    private final List<Fault> faults = new ArrayList<>();

    private ProtoReader() {}

    /**
     * Reads something whole.
     *
     * @throws InvalidInputException if anything is wrong with it, with all that is
     */
    private static <T> T read(JsonNode json, Function<ProtoReader, Function<Fields, T>> what) {
        var reader = new ProtoReader();
        var value = what.apply(reader).apply(reader.fields("", json));
        return reader.orThrow(value);
    }

    public static SendMessageRequest sendMessage(JsonNode json) {
        return read(json, reader -> reader::sendMessage);
    }

    public static GetTaskRequest getTask(JsonNode json) {
        return read(json, reader -> fields -> new GetTaskRequest(fields.required("id"),
                fields.count("historyLength", 0, Integer.MAX_VALUE)));
    }

    public static ListTasksRequest listTasks(JsonNode json) {
        return read(json, reader -> reader::listTasks);
    }

    /** The id of a request that has nothing else. */
    public static String id(JsonNode json) {
        return read(json, reader -> fields -> fields.required("id"));
    }

    /** A request that names a task and something of it. */
    public static PushConfigKey pushConfigKey(JsonNode json) {
        return read(json, reader -> fields -> new PushConfigKey(fields.required("taskId"), fields.required("id")));
    }

    /** A place of a task. */
    public record PushConfigKey(String taskId, String id) {}

    /** A request for places of a task. */
    public record PushConfigList(String taskId, int pageSize, String pageToken) {}

    public static PushConfigList listPushConfigs(JsonNode json) {
        return read(json, reader -> fields -> new PushConfigList(fields.required("taskId"),
                fields.count("pageSize", 0, ListTasksRequest.PAGE_MAX).orElse(0), fields.text("pageToken").orElse("")));
    }

    public static PushConfig pushConfig(JsonNode json) {
        return read(json, reader -> fields -> reader.pushConfig(fields, true));
    }

    public static Message message(JsonNode json) {
        return read(json, reader -> reader::message);
    }

    public static Artifact artifact(JsonNode json) {
        return read(json, reader -> reader::artifact);
    }

    public static Task task(JsonNode json) {
        return read(json, reader -> reader::task);
    }

    public static TaskPage taskPage(JsonNode json) {
        return read(json, reader -> fields -> new TaskPage(fields.list("tasks", reader::task),
                fields.text("nextPageToken").orElse(""), fields.count("pageSize", 0, Integer.MAX_VALUE).orElse(0),
                fields.count("totalSize", 0, Integer.MAX_VALUE).orElse(0)));
    }

    /** A StreamResponse or a SendMessageResponse. */
    public static StreamItem item(JsonNode json) {
        return read(json, reader -> reader::item);
    }

    /** Where the tenant stands in every request. */
    public static String tenant(JsonNode json) {
        return json.path("tenant").asString("");
    }

    private <T> T orThrow(T value) {
        if (!faults.isEmpty()) {
            throw new InvalidInputException("a2a-invalid", faults);
        }
        return value;
    }

    private Fields fields(String path, JsonNode json) {
        if (!json.isObject()) {
            fault(path, json.isMissingNode() ? "is missing" : "is no object", "send a JSON object");
        }
        return new Fields(path, json);
    }

    private void fault(String path, String problem, String remedy) {
        faults.add(new Fault(path, problem, remedy));
    }

    private SendMessageRequest sendMessage(Fields fields) {
        var message = message(fields.object("message"));
        var configuration = fields.has("configuration")
                ? configuration(fields.object("configuration"))
                : SendMessageRequest.Configuration.DEFAULT;
        if (message.role() != Role.USER) {
            fault("message.role", "is ROLE_AGENT", "a client sends messages of ROLE_USER");
        }
        return new SendMessageRequest(message, configuration, fields.struct("metadata"));
    }

    private SendMessageRequest.Configuration configuration(Fields fields) {
        return new SendMessageRequest.Configuration(fields.texts("acceptedOutputModes"),
                fields.has("taskPushNotificationConfig")
                        ? Optional.of(pushConfig(fields.object("taskPushNotificationConfig"), false))
                        : Optional.empty(),
                fields.count("historyLength", 0, Integer.MAX_VALUE), fields.flag("returnImmediately"));
    }

    private ListTasksRequest listTasks(Fields fields) {
        return new ListTasksRequest(fields.text("contextId").filter(id -> !id.isEmpty()), state(fields, "status"),
                fields.count("pageSize", 1, ListTasksRequest.PAGE_MAX).orElse(ListTasksRequest.PAGE_DEFAULT),
                fields.text("pageToken").orElse(""), fields.count("historyLength", 0, Integer.MAX_VALUE),
                fields.time("statusTimestampAfter"), fields.flag("includeArtifacts"));
    }

    private PushConfig pushConfig(Fields fields, boolean needsTask) {
        var authentication = fields.has("authentication")
                ? Optional.of(fields.object("authentication")).map(given -> new PushConfig.Authentication(
                        given.required("scheme"), given.text("credentials").filter(text -> !text.isEmpty())))
                : Optional.<PushConfig.Authentication>empty();
        return new PushConfig(fields.text("id").orElse(""), needsTask
                ? fields.required("taskId")
                : fields.text("taskId").orElse(""), fields.required("url"),
                fields.text("token").filter(text -> !text.isEmpty()), authentication);
    }

    private Message message(Fields fields) {
        return new Message(fields.id("messageId"), fields.optionalId("contextId"), fields.optionalId("taskId"),
                role(fields), parts(fields), fields.struct("metadata"), fields.texts("extensions"),
                fields.texts("referenceTaskIds"));
    }

    private Role role(Fields fields) {
        var text = fields.enumName("role", List.of("ROLE_UNSPECIFIED", Role.USER.wireName(), Role.AGENT.wireName()));
        if (text.equals(Role.AGENT.wireName())) {
            return Role.AGENT;
        }
        if (!text.equals(Role.USER.wireName())) {
            fault(fields.at("role"), text.isEmpty() ? "is missing" : "\"" + text + "\" is no role",
                    "use ROLE_USER or ROLE_AGENT");
        }
        return Role.USER;
    }

    private List<Part> parts(Fields fields) {
        var parts = fields.list("parts", this::part);
        if (parts.isEmpty()) {
            fault(fields.at("parts"), "is missing or empty", "send at least one part");
        }
        if (parts.size() > PARTS_MAX) {
            fault(fields.at("parts"), "has " + parts.size() + " elements", "send at most " + PARTS_MAX);
        }
        return parts;
    }

    private Part part(Fields fields) {
        var present = List.of("text", "raw", "url", "data").stream()
                .filter(name -> name.equals("data") ? fields.hasData() : fields.has(name)).toList();
        if (present.size() != 1) {
            fault(fields.at(""), present.isEmpty() ? "has no content" : "has several contents: " + present,
                    "give it exactly one of text, raw, url and data");
        }
        var content = switch (present.isEmpty() ? "text" : present.getFirst()) {
            case "raw" -> new Part.Content.Raw(fields.base64("raw"));
            case "url" -> new Part.Content.Url(fields.required("url"));
            case "data" -> new Part.Content.Data(fields.raw("data"));
            default -> new Part.Content.Text(fields.text("text").orElse(""));
        };
        return new Part(content, fields.struct("metadata"), fields.text("filename").filter(name -> !name.isEmpty()),
                fields.text("mediaType").filter(type -> !type.isEmpty()));
    }

    private Artifact artifact(Fields fields) {
        return new Artifact(fields.id("artifactId"), fields.text("name"), fields.text("description"), parts(fields),
                fields.struct("metadata"), fields.texts("extensions"));
    }

    private Task task(Fields fields) {
        return new Task(fields.required("id"), fields.text("contextId").orElse(""), status(fields.object("status")),
                fields.list("artifacts", this::artifact), fields.list("history", this::message),
                fields.struct("metadata"));
    }

    private TaskStatus status(Fields fields) {
        return new TaskStatus(state(fields, "state").orElseGet(() -> {
            fault(fields.at("state"), "is missing", "name a state, such as TASK_STATE_WORKING");
            return TaskState.SUBMITTED;
        }), fields.has("message") ? Optional.of(message(fields.object("message"))) : Optional.empty(),
                fields.time("timestamp").orElse(Instant.EPOCH));
    }

    private Optional<TaskState> state(Fields fields, String field) {
        var names = new ArrayList<String>(List.of("TASK_STATE_UNSPECIFIED", "TASK_STATE_SUBMITTED",
                "TASK_STATE_WORKING", "TASK_STATE_COMPLETED", "TASK_STATE_FAILED", "TASK_STATE_CANCELED",
                "TASK_STATE_INPUT_REQUIRED", "TASK_STATE_REJECTED", "TASK_STATE_AUTH_REQUIRED"));
        var text = fields.enumName(field, names);
        if (text.isEmpty() || text.equals(names.getFirst())) {
            return Optional.empty();
        }
        var state = TaskState.ofWireName(text);
        if (state.isEmpty()) {
            fault(fields.at(field), "\"" + text + "\" is no state", "use one of "
                    + String.join(", ", names.subList(1, names.size())));
        }
        return state;
    }

    private StreamItem item(Fields fields) {
        if (fields.has("task")) {
            return task(fields.object("task"));
        }
        if (fields.has("message")) {
            return message(fields.object("message"));
        }
        if (fields.has("statusUpdate")) {
            var update = fields.object("statusUpdate");
            return new StatusUpdate(update.required("taskId"), update.text("contextId").orElse(""),
                    status(update.object("status")), update.struct("metadata"));
        }
        var update = fields.object("artifactUpdate");
        return new ArtifactUpdate(update.required("taskId"), update.text("contextId").orElse(""),
                artifact(update.object("artifact")), update.flag("append"), update.flag("lastChunk"),
                update.struct("metadata"));
    }

    /** An object whose fields are read one by one. */
    private final class Fields {
        private final String path;
        private final JsonNode json;

        Fields(String path, JsonNode json) {
            this.path = path;
            this.json = json;
        }

        String at(String field) {
            return path.isEmpty() ? field : field.isEmpty() ? path : path + "." + field;
        }

        /** By either of its names. */
        JsonNode raw(String field) {
            var found = json.path(field);
            return found.isMissingNode() ? json.path(snakeCase(field)) : found;
        }

        boolean has(String field) {
            return !raw(field).isMissingNode() && !raw(field).isNull();
        }

        /** Of any JSON also null is a value. */
        boolean hasData() {
            return !raw("data").isMissingNode();
        }

        Fields object(String field) {
            return fields(at(field), raw(field));
        }

        Optional<String> text(String field) {
            if (!has(field)) {
                return Optional.empty();
            }
            if (!raw(field).isString()) {
                fault(at(field), "is no text", "send it as a text");
                return Optional.empty();
            }
            return Optional.of(raw(field).asString()).map(this::storable);
        }

        private String storable(String text) {
            if (text.indexOf('\0') >= 0) {
                fault(path, "holds the character U+0000, which cannot be stored", "leave it out, or send it as raw");
            }
            return text;
        }

        String required(String field) {
            var text = text(field).orElse("");
            if (text.isEmpty()) {
                fault(at(field), "is missing or empty", "send it");
            }
            return text;
        }

        String id(String field) {
            return bounded(field, required(field));
        }

        Optional<String> optionalId(String field) {
            return text(field).filter(id -> !id.isEmpty()).map(id -> bounded(field, id));
        }

        private String bounded(String field, String id) {
            if (id.length() > ID_MAX) {
                fault(at(field), "has " + id.length() + " characters", "use at most " + ID_MAX);
            }
            return id;
        }

        List<String> texts(String field) {
            if (!has(field)) {
                return List.of();
            }
            if (!raw(field).isArray() || !raw(field).valueStream().allMatch(JsonNode::isString)) {
                fault(at(field), "is no list of texts", "send a list of texts");
                return List.of();
            }
            return raw(field).valueStream().map(JsonNode::asString).toList();
        }

        <T> List<T> list(String field, Function<Fields, T> element) {
            if (!has(field)) {
                return List.of();
            }
            if (!raw(field).isArray()) {
                fault(at(field), "is no list", "send a list");
                return List.of();
            }
            var elements = new ArrayList<T>();
            for (var each : raw(field)) {
                elements.add(element.apply(fields(at(field) + "[" + elements.size() + "]", each)));
            }
            return elements;
        }

        Optional<ObjectNode> struct(String field) {
            if (!has(field)) {
                return Optional.empty();
            }
            if (raw(field) instanceof ObjectNode object) {
                return Optional.of(object);
            }
            fault(at(field), "is no object", "send an object");
            return Optional.empty();
        }

        boolean flag(String field) {
            if (has(field) && !raw(field).isBoolean()) {
                fault(at(field), "is neither true nor false", "send a boolean");
            }
            return raw(field).asBoolean(false);
        }

        /** A number, which may be written as a text. */
        OptionalInt count(String field, int min, int max) {
            if (!has(field)) {
                return OptionalInt.empty();
            }
            var value = raw(field);
            try {
                double number = value.isString() ? Double.parseDouble(value.asString()) : value.doubleValue();
                if (number == Math.rint(number) && number >= min && number <= max) {
                    return OptionalInt.of((int) number);
                }
            } catch (RuntimeException e) {
                // no number: told below
            }
            fault(at(field), value + " is out of range", max == Integer.MAX_VALUE
                    ? "use a whole number from " + min
                    : "use a whole number from " + min + " to " + max);
            return OptionalInt.empty();
        }

        Optional<Instant> time(String field) {
            return text(field).flatMap(text -> {
                try {
                    return Optional.of(OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant());
                } catch (DateTimeParseException e) {
                    fault(at(field), "\"" + text + "\" is no time", "use ISO 8601, such as 2026-01-31T09:00:00.000Z");
                    return Optional.empty();
                }
            });
        }

        /** An enum's value, which may be written as its number. */
        String enumName(String field, List<String> names) {
            var value = raw(field);
            return value.isIntegralNumber() && value.intValue() >= 0 && value.intValue() < names.size()
                    ? names.get(value.intValue())
                    : value.isNumber() ? value.toString() : text(field).orElse("");
        }

        String base64(String field) {
            var text = text(field).orElse("");
            var standard = text.replace('-', '+').replace('_', '/');
            try {
                return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(standard));
            } catch (IllegalArgumentException e) {
                fault(at(field), "is no Base64", "encode the bytes in Base64");
                return "";
            }
        }
    }

    private static String snakeCase(String field) {
        var name = new StringBuilder();
        field.chars().forEach(c -> {
            if (Character.isUpperCase(c)) {
                name.append('_');
            }
            name.append((char) Character.toLowerCase(c));
        });
        return name.toString();
    }

}
