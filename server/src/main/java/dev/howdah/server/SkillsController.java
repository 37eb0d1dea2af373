package dev.howdah.server;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.SkillResult;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs skills over HTTP in two dialects, told apart by the names of the request's fields and answered in kind:
 * <ul>
 * <li>{@code {skill_name, input_data}}: answers {@code {success, data, error, task_id}}; an unknown skill is a 404;
 * <li>{@code {skill_id, input}}: answers the skill's data itself with {@code success} added; an unknown skill is a 200
 * with {@code error} and {@code available_skills}.
 * </ul>
 */
@RestController
@Tag(name = "Skills")
final class SkillsController {
    private static final Logger LOG = LoggerFactory.getLogger(SkillsController.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String REMEDY = "send {\"skill_name\", \"input_data\"} or {\"skill_id\", \"input\"}";

    private final SkillRegistry skills;
    private final ApiKeys keys;

    SkillsController(SkillRegistry skills, ApiKeys keys) {
        this.skills = skills;
        this.keys = keys;
    }

    /** How a caller speaks. */
    private enum Dialect {
        ENVELOPE("skill_name", "input_data"), PLAIN("skill_id", "input");

        private final String nameField;
        private final String inputField;

        Dialect(String nameField, String inputField) {
            this.nameField = nameField;
            this.inputField = inputField;
        }

        boolean occursIn(ObjectNode body) {
            return body.has(nameField) || body.has(inputField);
        }
    }

    @GetMapping("/a2a/skills")
    @Operation(summary = "Lists the skills")
    Map<String, List<ObjectNode>> list(@RequestParam(required = false) Optional<String> category) {
        category.ifPresent(SkillsController::checkCategory);
        return Map.of("skills", skills.all().stream()
                .filter(skill -> category.map(c -> c.equalsIgnoreCase(skill.category().label())).orElse(true))
                .map(AgentCard::summary).toList());
    }

    @PostMapping("/a2a/execute")
    @Operation(summary = "Runs a skill, in either dialect")
    ResponseEntity<?> execute(@RequestBody JsonNode body, HttpServletRequest request) {
        var object = object(body);
        return switch (dialect(object)) {
            case ENVELOPE -> envelope(name(object, Dialect.ENVELOPE), input(object, Dialect.ENVELOPE), request);
            case PLAIN -> plain(name(object, Dialect.PLAIN), input(object, Dialect.PLAIN), request);
        };
    }

    private ResponseEntity<?> envelope(String name, JsonNode input, HttpServletRequest request) {
        var skill = skills.find(name);
        if (skill.isPresent() && isRefused(skill.get(), request)) {
            return unauthorized(Problem.of(HttpStatus.UNAUTHORIZED, "api-key-missing",
                    "the skill " + name + " needs the API key, and none or a wrong one was sent",
                    "send it in the header X-API-Key").getBody());
        }
        try {
            return ResponseEntity.ok(envelope(skills.execute(name, input)));
        } catch (InvalidInputException | NotFoundException | UnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("Skill {} failed", name, e);
            return ResponseEntity.ok(JSON.createObjectNode().put("success", false).putNull("data")
                    .put("error", String.valueOf(e.getMessage())).putNull("task_id"));
        }
    }

    private ResponseEntity<?> plain(String name, JsonNode input, HttpServletRequest request) {
        var skill = skills.find(name);
        if (skill.isEmpty()) {
            var answer = JSON.createObjectNode().put("error", "there is no skill \"" + name + "\"");
            skills.all().forEach(known -> answer.withArray("available_skills").add(known.name()));
            return ResponseEntity.ok(answer);
        }
        if (isRefused(skill.get(), request)) {
            return unauthorized(JSON.createObjectNode().put("error", "authentication required")
                    .put("message", "send the API key in the header X-API-Key").put("skill", name));
        }
        try {
            var data = skills.execute(name, input).data();
            return ResponseEntity.ok(data instanceof ObjectNode object && !object.has("success")
                    ? object.deepCopy().put("success", true)
                    : data);
        } catch (UnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            if (!(e instanceof InvalidInputException)) {
                LOG.warn("Skill {} failed", name, e);
            }
            return ResponseEntity.ok(JSON.createObjectNode().put("success", false)
                    .put("error", String.valueOf(e.getMessage())).put("skill_id", name));
        }
    }

    private static ObjectNode envelope(SkillResult result) {
        var answer = JSON.createObjectNode().put("success", true);
        answer.set("data", result.data());
        return answer.putNull("error").put("task_id", result.taskId().map(Object::toString).orElse(null));
    }

    private boolean isRefused(Skill skill, HttpServletRequest request) {
        return skill.requiresAuth() && keys.isRequired() && !keys.isPresented(request);
    }

    private static ResponseEntity<?> unauthorized(@org.jspecify.annotations.Nullable Object body) {
        return ResponseEntity.status(HttpStatus.UNAUTHORIZED).header("WWW-Authenticate", "ApiKey").body(body);
    }

    private static ObjectNode object(JsonNode body) {
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw new InvalidInputException("execute-invalid", "", "the body is no JSON object", REMEDY);
    }

    private static Dialect dialect(ObjectNode body) {
        boolean envelope = Dialect.ENVELOPE.occursIn(body);
        if (envelope && Dialect.PLAIN.occursIn(body)) {
            var names = new ArrayList<String>();
            body.propertyNames().forEach(names::add);
            throw new InvalidInputException("execute-dialects-mixed", "", "the body mixes the names of two dialects: "
                    + String.join(", ", names), REMEDY);
        }
        return envelope ? Dialect.ENVELOPE : Dialect.PLAIN;
    }

    private static String name(ObjectNode body, Dialect dialect) {
        var name = body.path(dialect.nameField);
        if (name.isMissingNode()) {
            throw new InvalidInputException("execute-invalid", "/" + dialect.nameField, "is missing", REMEDY);
        }
        if (!name.isString()) {
            throw new InvalidInputException("execute-invalid", "/" + dialect.nameField,
                    "is " + name.getNodeType().name().toLowerCase(Locale.ROOT) + ", not a string", REMEDY);
        }
        return name.asString();
    }

    private static JsonNode input(ObjectNode body, Dialect dialect) {
        var input = body.path(dialect.inputField);
        return input.isMissingNode() ? JSON.createObjectNode() : input;
    }

    private static void checkCategory(String category) {
        var known = Arrays.stream(SkillCategory.values()).map(SkillCategory::label).toList();
        if (!known.contains(category.toLowerCase(Locale.ROOT))) {
            throw new InvalidInputException("skill-category-unknown", "category", "\"" + category
                    + "\" is no category", "use one of " + String.join(", ", known));
        }
    }
}
