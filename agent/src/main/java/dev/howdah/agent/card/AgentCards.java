package dev.howdah.agent.card;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.a2a.Caller;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes the Agent Card of A2A 1.0 from the skills of this process. Thread-safe. */
public final class AgentCards {
    /** The extension whose parameters hold the JSON Schemas of each skill's input and output. */
    public static final String SCHEMAS_EXTENSION = "https://howdah.dev/a2a/extensions/skill-schemas/v1";
    /** The version of the protocol that is spoken. */
    public static final String PROTOCOL_VERSION = "1.0";

    private static final List<String> MODES = List.of("application/json", "text/plain");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SkillRegistry skills;

    public AgentCards(SkillRegistry skills) {
        this.skills = skills;
    }

    /** The card that everybody may read. */
    public ObjectNode card(AgentOffer offer) {
        var card = JSON.createObjectNode().put("name", offer.name()).put("description", offer.description())
                .put("version", offer.version());
        card.set("supportedInterfaces", JSON.createArrayNode()
                .addAll(offer.interfaces().stream().map(AgentCards::anInterface).toList()));
        offer.documentation().ifPresent(url -> card.put("documentationUrl", url.toString()));
        card.set("capabilities", capabilities(offer));
        putSecurity(card, offer);
        putTexts(card, "defaultInputModes", MODES);
        putTexts(card, "defaultOutputModes", MODES);
        card.set("skills", JSON.createArrayNode().addAll(skills.all().stream().map(AgentCards::skill).toList()));
        return card;
    }

    /** The card for callers who are known: with the schemas of what skills take and answer. */
    public ObjectNode extendedCard(AgentOffer offer) {
        var card = card(offer);
        var schemas = JSON.createObjectNode();
        for (var skill : skills.all()) {
            var both = schemas.putObject(skill.name());
            both.set("inputSchema", skill.inputSchema());
            both.set("outputSchema", skill.outputSchema());
        }
        card.withArray("/capabilities/extensions").addObject().put("uri", SCHEMAS_EXTENSION)
                .put("description", "JSON Schemas of each skill's input and output, by the skill's id.")
                .putObject("params").set("skills", schemas);
        return card;
    }

    private static ObjectNode anInterface(AgentOffer.Interface each) {
        var json = JSON.createObjectNode().put("url", each.address())
                .put("protocolBinding", each.binding().wireName()).put("protocolVersion", PROTOCOL_VERSION);
        return each.tenant().isEmpty() ? json : json.put("tenant", each.tenant());
    }

    private static ObjectNode capabilities(AgentOffer offer) {
        var json = JSON.createObjectNode().put("streaming", offer.streaming())
                .put("pushNotifications", offer.pushNotifications()).put("extendedAgentCard", true);
        json.putArray("extensions").addObject().put("uri", Caller.REPLAY_EXTENSION).put("description",
                "Events carry their sequence, and a stream can begin behind the last event that the client has.");
        return json;
    }

    /** Either header will do. */
    private static void putSecurity(ObjectNode card, AgentOffer offer) {
        if (!offer.keyRequired()) {
            return;
        }
        var schemes = card.putObject("securitySchemes");
        schemes.putObject("apiKey").putObject("apiKeySecurityScheme").put("location", "header").put("name",
                "X-API-Key");
        schemes.putObject("bearer").putObject("httpAuthSecurityScheme").put("scheme", "Bearer");
        var requirements = card.putArray("securityRequirements");
        schemes.propertyNames().forEach(name -> requirements.addObject().putObject("schemes").putObject(name));
    }

    private static JsonNode skill(Skill skill) {
        var json = JSON.createObjectNode().put("id", skill.name()).put("name", skill.name()).put("description",
                skill.description());
        putTexts(json, "tags", List.of(skill.category().label()));
        var examples = skill.inputSchema().path("examples");
        if (!examples.isEmpty()) {
            putTexts(json, "examples", examples.valueStream().map(JsonNode::toString).toList());
        }
        return json;
    }

    private static void putTexts(ObjectNode json, String field, List<String> texts) {
        var array = json.putArray(field);
        texts.forEach(array::add);
    }
}
