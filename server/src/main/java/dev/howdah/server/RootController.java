package dev.howdah.server;

import dev.howdah.agent.SkillRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.springframework.http.HttpHeaders;
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
    private final SkillRegistry skills;
    private final ApiKeys keys;

    RootController(SkillRegistry skills, ApiKeys keys) {
        this.skills = skills;
        this.keys = keys;
    }

    @GetMapping(value = "/", produces = MediaType.TEXT_HTML_VALUE)
    @Operation(hidden = true)
    ResponseEntity<Void> console(HttpServletRequest request) {
        return ResponseEntity.status(HttpStatus.FOUND)
                .location(URI.create(request.getContextPath() + "/console/index.html")).build();
    }

    @GetMapping(value = {"/console", "/console/"})
    @Operation(hidden = true)
    ResponseEntity<Void> consoleFolder(HttpServletRequest request) {
        return console(request);
    }

    @GetMapping(value = "/", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "What this service is, and where its endpoints are")
    ObjectNode service() {
        var answer = JsonMapper.shared().createObjectNode().put("service", "howdah").put("status", "running")
                .put("version", HowdahServer.version()).put("mode", "unified_a2a_legacy")
                .put("authentication_required", keys.isRequired()).put("a2a_enabled", true);
        answer.putObject("endpoints").put("console", "/console/index.html").put("health", "/health")
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
    ResponseEntity<ObjectNode> card() {
        var url = ServletUriComponentsBuilder.fromCurrentContextPath().build().toUriString();
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "public, max-age=60")
                .body(AgentCard.of(skills, HowdahServer.version(), url, keys.isRequired()));
    }

    @GetMapping("/a2a/health")
    @Operation(summary = "Whether the agent answers, and how many skills it has")
    ObjectNode health() {
        return JsonMapper.shared().createObjectNode().put("status", "healthy").put("agent", "howdah")
                .put("version", HowdahServer.version()).put("skills_registered", skills.all().size());
    }
}
