package dev.howdah.agent.card;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which fields a card has by the protocol, and which of them a signature covers: those of the protocol except
 * {@code signatures}, and of these all that are required, that were set where being set means something, or that have
 * another value than the default.
 */
final class CardSchema {
    private static final String CARD = "AgentCard";

    /**
     * Messages with their fields. {@code !}: always there; {@code ?}: its default, once written, means something;
     * {@code {}}: values by name. A name in capitals is the message of what the field holds; without one it is a text, a
     * list of texts, a flag, or any JSON.
     */
    private static final Map<String, Map<String, Field>> MESSAGES = parse("""
        AgentCard: name! description! supportedInterfaces!AgentInterface provider:AgentProvider version! \
        documentationUrl? capabilities!AgentCapabilities securitySchemes:SecurityScheme{} \
        securityRequirements:SecurityRequirement defaultInputModes! defaultOutputModes! skills!AgentSkill iconUrl?
        AgentInterface: url! protocolBinding! tenant protocolVersion!
        AgentProvider: url! organization!
        AgentCapabilities: streaming? pushNotifications? extensions:AgentExtension extendedAgentCard?
        AgentExtension: uri description required params?
        AgentSkill: id! name! description! tags! examples inputModes outputModes \
        securityRequirements:SecurityRequirement
        SecurityRequirement: schemes:StringList{}
        StringList: list
        SecurityScheme: apiKeySecurityScheme:APIKeySecurityScheme httpAuthSecurityScheme:HTTPAuthSecurityScheme \
        oauth2SecurityScheme:OAuth2SecurityScheme openIdConnectSecurityScheme:OpenIdConnectSecurityScheme \
        mtlsSecurityScheme:MutualTlsSecurityScheme
        APIKeySecurityScheme: description location! name!
        HTTPAuthSecurityScheme: description scheme! bearerFormat
        OAuth2SecurityScheme: description flows!OAuthFlows oauth2MetadataUrl
        OpenIdConnectSecurityScheme: description openIdConnectUrl!
        MutualTlsSecurityScheme: description
        OAuthFlows: authorizationCode:OAuthFlow clientCredentials:OAuthFlow implicit:FormerOAuthFlow \
        password:FormerOAuthFlow deviceCode:OAuthFlow
        OAuthFlow: authorizationUrl! deviceAuthorizationUrl! tokenUrl! refreshUrl scopes! pkceRequired
        FormerOAuthFlow: authorizationUrl tokenUrl refreshUrl scopes
        """);

    private CardSchema() {}

    /**
     * A field.
     *
     * @param kept whether it is covered also with its default value
     * @param message the name of what it holds; empty if that has no fields of its own
     * @param map whether it holds values by name
     */
    private record Field(boolean kept, String message, boolean map) {}

    /** What a signature covers. */
    static ObjectNode signed(ObjectNode card) {
        return message(CARD, card);
    }

    /**
     * The same without anything empty, also where the protocol has it: what the public JavaScript and Python libraries
     * sign and verify.
     */
    static ObjectNode signedWithoutEmpty(ObjectNode card) {
        return pruned(signed(card)) instanceof ObjectNode object ? object : JsonMapper.shared().createObjectNode();
    }

    private static ObjectNode message(String name, ObjectNode json) {
        var fields = MESSAGES.getOrDefault(name, Map.of());
        var covered = JsonMapper.shared().createObjectNode();
        for (var entry : json.properties()) {
            var field = fields.get(entry.getKey());
            if (field != null && !entry.getValue().isNull()) {
                var value = value(field, entry.getValue());
                if (field.kept() || !isDefault(field, value)) {
                    covered.set(entry.getKey(), value);
                }
            }
        }
        return covered;
    }

    private static JsonNode value(Field field, JsonNode json) {
        if (field.message().isEmpty()) {
            return json;
        }
        UnaryOperator<JsonNode> reduce = each -> each instanceof ObjectNode object
                ? message(field.message(), object)
                : each;
        return switch (json) {
            case ArrayNode array -> {
                var reduced = JsonMapper.shared().createArrayNode();
                array.forEach(each -> reduced.add(reduce.apply(each)));
                yield reduced;
            }
            case ObjectNode object when field.map() -> {
                var reduced = JsonMapper.shared().createObjectNode();
                object.properties().forEach(each -> reduced.set(each.getKey(), reduce.apply(each.getValue())));
                yield reduced;
            }
            default -> reduce.apply(json);
        };
    }

    /** An empty message is no default: that it is there means something. */
    private static boolean isDefault(Field field, JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.asString().isEmpty();
            case BOOLEAN -> !value.booleanValue();
            case ARRAY -> value.isEmpty();
            case OBJECT -> value.isEmpty() && (field.map() || field.message().isEmpty());
            case NUMBER, NULL, BINARY, MISSING, POJO -> false;
        };
    }

    private static JsonNode pruned(JsonNode json) {
        return switch (json) {
            case ObjectNode object -> {
                var kept = JsonMapper.shared().createObjectNode();
                object.properties().forEach(each -> {
                    var value = pruned(each.getValue());
                    if (!isEmpty(value)) {
                        kept.set(each.getKey(), value);
                    }
                });
                yield kept;
            }
            case ArrayNode array -> {
                var kept = JsonMapper.shared().createArrayNode();
                array.forEach(each -> {
                    var value = pruned(each);
                    if (!isEmpty(value)) {
                        kept.add(value);
                    }
                });
                yield kept;
            }
            default -> json;
        };
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isNull() || (value.isContainer() && value.isEmpty())
                || (value.isString() && value.asString().isEmpty());
    }

    private static Map<String, Map<String, Field>> parse(String table) {
        var messages = new HashMap<String, Map<String, Field>>();
        table.lines().forEach(line -> {
            var fields = new LinkedHashMap<String, Field>();
            int colon = line.indexOf(": ");
            for (var text : line.substring(colon + 2).split(" ", -1)) {
                var name = text.replaceFirst("[!?:].*", "");
                var rest = text.substring(name.length());
                boolean map = rest.endsWith("{}");
                fields.put(name, new Field(rest.startsWith("!") || rest.startsWith("?"),
                        rest.replaceFirst("^[!?:]", "").replace("{}", ""), map));
            }
            messages.put(line.substring(0, colon), Collections.unmodifiableMap(fields));
        });
        return Map.copyOf(messages);
    }
}
