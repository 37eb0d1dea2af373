package dev.howdah.server;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.card.AgentCards;
import dev.howdah.agent.card.AgentOffer;
import dev.howdah.agent.card.AgentOffer.Binding;
import dev.howdah.agent.card.AgentOffer.Interface;
import dev.howdah.agent.card.CardPublisher;
import dev.howdah.agent.card.ServedCard;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The agent card. One document serves the readers of every shape that is in use: that of A2A 1.0, and beside it the earlier
 * ones with {@code url}, the nested {@code agent} with {@code endpoints}, and {@code authentication}; each skill carries both
 * {@code id} and {@code name}, both {@code requires_auth} and {@code requires_authentication}, and its schemas. Readers of
 * A2A 1.0 pass over what is not theirs, and so do signatures.
 */
final class AgentCard {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NAME = "howdah";
    private static final String DISPLAY_NAME = "Howdah";
    private static final String DESCRIPTION = "Works out which repositories a change touches and triages each of them "
            + "as a durable task.";
    private static final List<String> CAPABILITIES = List.of("dependency_tracking", "impact_analysis",
            "consumer_triage", "template_sync", "async_orchestration");

    private final HowdahSettings settings;
    private final SkillRegistry skills;
    private final ApiKeys keys;
    private final AgentCards cards;
    private final CardPublisher publisher;

    AgentCard(HowdahSettings settings, SkillRegistry skills, ApiKeys keys) {
        this.settings = settings;
        this.skills = skills;
        this.keys = keys;
        this.cards = new AgentCards(skills);
        this.publisher = new CardPublisher(settings.agentCard());
    }

    /**
     * The card for everybody.
     *
     * @param requested the root that the request was sent to
     */
    ServedCard published(String requested) {
        var root = publisher.root(requested);
        return publisher.publish(withEarlierShapes(cards.card(offer(root)), root));
    }

    /** The card for callers who are known, with the schemas of skills. */
    ObjectNode extended(String requested) {
        return publisher.signed(cards.extendedCard(offer(publisher.root(requested))));
    }

    /** What cards are signed with, as a JWK Set. */
    ObjectNode publicKeys() {
        return publisher.publicKeys();
    }

    private AgentOffer offer(String root) {
        var interfaces = new ArrayList<>(List.of(Interface.of(Binding.JSONRPC, root + "/a2a"),
                Interface.of(Binding.HTTP_JSON, root + "/a2a/rest")));
        if (settings.grpc().isOn()) {
            var host = Optional.ofNullable(URI.create(root).getHost()).orElse(settings.server().host());
            interfaces.add(Interface.of(Binding.GRPC, host + ":" + settings.grpc().port()));
        }
        var offered = settings.a2a();
        return new AgentOffer(NAME, DESCRIPTION, HowdahServer.version(), Optional.of(URI.create(root + "/docs")),
                interfaces, offered.streaming() && !settings.queueInRedis(),
                offered.pushNotifications() && !settings.queueInRedis(), keys.isConfigured() || keys.isRequired(),
                offered.requiredExtension());
    }

    private ObjectNode withEarlierShapes(ObjectNode card, String root) {
        card.put("url", root);
        card.withObject("/capabilities").put("multimodal", false).put("authentication",
                keys.isRequired() ? "required" : "optional");
        var agent = card.putObject("agent").put("name", NAME).put("display_name", DISPLAY_NAME)
                .put("description", DESCRIPTION).put("version", HowdahServer.version()).put("vendor", DISPLAY_NAME);
        CAPABILITIES.forEach(agent.putArray("capabilities")::add);
        card.path("skills").forEach(entry -> skills.find(entry.path("id").asString())
                .ifPresent(skill -> addEarlierFields((ObjectNode) entry, skill)));
        card.putObject("endpoints").put("execute_skill", "/a2a/execute").put("list_skills", "/a2a/skills")
                .put("health", "/a2a/health");
        card.putObject("authentication").put("required", keys.isRequired()).put("header", "X-API-Key")
                .putArray("methods").add("api_key");
        card.putObject("metadata").put("documentation", "/docs").put("architecture", "modular")
                .put("skill_count", skills.all().size());
        return card;
    }

    private static void addEarlierFields(ObjectNode entry, Skill skill) {
        entry.setAll(summary(skill));
        entry.set("input_schema", skill.inputSchema());
        entry.set("output_schema", skill.outputSchema());
    }

    /** What a list of skills tells of one. */
    static ObjectNode summary(Skill skill) {
        var entry = JSON.createObjectNode().put("id", skill.name()).put("name", skill.name())
                .put("display_name", skill.displayName()).put("description", skill.description())
                .put("category", skill.category().label()).put("requires_auth", skill.requiresAuth())
                .put("requires_authentication", skill.requiresAuth()).put("is_async", skill.async());
        entry.putArray("tags").add(skill.category().label());
        return entry;
    }
}
