package dev.howdah.server;

import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.card.CardPublisher;
import dev.howdah.agent.card.CardSettings;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What stands at the root: the console for people, the service's description for programs, the agent card. */
@RestController
@Tag(name = "Service")
final class RootController {
    private static final String CONSOLE = "/console/";
    /** By the loader of this class: that of the thread belongs to one server, and ends with it. */
    private static final Resource CONSOLE_PAGE = new ClassPathResource("META-INF/resources/console/index.html",
            RootController.class.getClassLoader());
    private static final String WITHOUT_CONSOLE = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Howdah</title>
        <h1>This server was built without its console</h1>
        <p>Build it again without <code>-Dconsole.skip</code>, with Node 20.19 or newer and npm on the path.
        The <a href="../docs">API</a> and the command line work as they are.</p>
        """;

    private final SkillRegistry skills;
    private final ApiKeys keys;
    private final AgentCard card;
    private final CardSettings settings;

    RootController(SkillRegistry skills, ApiKeys keys, AgentCard card, Howdah howdah) {
        this.skills = skills;
        this.keys = keys;
        this.card = card;
        this.settings = howdah.settings().agentCard();
    }

    @GetMapping(value = "/", produces = MediaType.TEXT_HTML_VALUE)
    @Operation(hidden = true)
    ResponseEntity<Void> console(HttpServletRequest request) {
        return ResponseEntity.status(HttpStatus.FOUND).location(URI.create(request.getContextPath() + CONSOLE)).build();
    }

    @GetMapping("/console")
    @Operation(hidden = true)
    ResponseEntity<Void> consoleFolder(HttpServletRequest request) {
        return console(request);
    }

    @GetMapping(CONSOLE)
    @Operation(hidden = true)
    ResponseEntity<?> consolePage() {
        return CONSOLE_PAGE.exists()
                ? ResponseEntity.ok().cacheControl(CacheControl.noCache()).contentType(MediaType.TEXT_HTML)
                        .body(CONSOLE_PAGE)
                : ResponseEntity.status(HttpStatus.NOT_FOUND).contentType(MediaType.TEXT_HTML).body(WITHOUT_CONSOLE);
    }

    @GetMapping(value = "/", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "What this service is, and where its endpoints are")
    ObjectNode service() {
        var answer = JsonMapper.shared().createObjectNode().put("service", "howdah").put("status", "running")
                .put("version", HowdahServer.version()).put("mode", "unified_a2a_legacy")
                .put("authentication_required", keys.isRequired()).put("a2a_enabled", true);
        answer.putObject("endpoints").put("console", CONSOLE).put("health", "/health")
                .put("agent_card", "/.well-known/agent-card.json").put("skills", "/a2a/skills")
                .put("execute", "/a2a/execute").put("relationships", "/api/relationships").put("tasks", "/api/tasks")
                .put("workflows", "/api/workflows").put("executions", "/api/executions").put("queues", "/api/queues")
                .put("schedules", "/api/schedules")
                .put("change_notification", "/api/webhook/change-notification").put("metrics", "/metrics")
                .put("docs", "/docs");
        return answer;
    }

    @GetMapping({"/.well-known/agent-card.json", "/.well-known/agent.json"})
    @Operation(summary = "The agent card")
    ResponseEntity<String> card() {
        var served = card.published(ServletUriComponentsBuilder.fromCurrentContextPath().build().toUriString());
        return ResponseEntity.ok().cacheControl(CacheControl.maxAge(settings.maxAge()).cachePublic())
                .eTag(served.etag()).lastModified(served.lastModified()).contentType(MediaType.APPLICATION_JSON)
                .body(served.json());
    }

    @GetMapping(CardPublisher.KEYS_PATH)
    @Operation(summary = "The public keys that the agent card is signed with, as a JWK Set")
    ResponseEntity<ObjectNode> keys() {
        return ResponseEntity.ok().cacheControl(CacheControl.maxAge(settings.maxAge()).cachePublic())
                .body(card.publicKeys());
    }

    @GetMapping("/a2a/health")
    @Operation(summary = "Whether the agent answers, and how many skills it has")
    ObjectNode health() {
        return JsonMapper.shared().createObjectNode().put("status", "healthy").put("agent", "howdah")
                .put("version", HowdahServer.version()).put("skills_registered", skills.all().size());
    }
}
