package dev.howdah.server;

import dev.howdah.knowledge.RelationshipType;

import dev.howdah.agent.dependencies.ChangeNotifications;
import dev.howdah.agent.triage.TriageJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(name = "Changes")
final class ChangesController {
    private final ChangeNotifications notifications;

    ChangesController(ChangeNotifications notifications) {
        this.notifications = notifications;
    }

    @PostMapping("/api/webhook/change-notification")
    @Operation(summary = "Takes a change event and triages every dependent repository as a task")
    ObjectNode receive(@RequestBody JsonNode body) {
        var event = TriageJson.event(body);
        var scheduled = notifications.receive(event);
        var answer = JsonMapper.shared().createObjectNode();
        if (scheduled.isEmpty()) {
            return answer.put("status", "no_relationships").put("message", "nothing depends on " + event.sourceRepo());
        }
        answer.put("status", "accepted").put("source_repo", event.sourceRepo());
        names(answer, "consumers_scheduled", scheduled, RelationshipType.API_CONSUMER);
        names(answer, "derivatives_scheduled", scheduled, RelationshipType.TEMPLATE_FORK);
        return answer.put("total_dependents", scheduled.size());
    }

    @PostMapping("/api/test/consumer-triage")
    @Operation(summary = "Triages one consumer at once, and stores nothing")
    ObjectNode consumer(@RequestParam("source_repo") String source, @RequestParam("consumer_repo") String consumer,
            @RequestBody JsonNode body) {
        return TriageJson.toJson(notifications.decide(source, consumer, RelationshipType.API_CONSUMER,
                TriageJson.event(body)));
    }

    @PostMapping("/api/test/template-triage")
    @Operation(summary = "Triages one fork at once, and stores nothing")
    ObjectNode template(@RequestParam("template_repo") String template,
            @RequestParam("derivative_repo") String derivative, @RequestBody JsonNode body) {
        return TriageJson.toJson(notifications.decide(template, derivative, RelationshipType.TEMPLATE_FORK,
                TriageJson.event(body)));
    }

    private static void names(ObjectNode answer, String field, List<ChangeNotifications.Scheduled> scheduled,
            RelationshipType type) {
        var list = answer.putArray(field);
        scheduled.stream().filter(one -> one.edge().type() == type).forEach(one -> list.add(one.edge().targetRepo()));
    }
}
