package dev.howdah.server;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;

/**
 * What {@code /docs/openapi} says of the API beside its paths, so that clients made from it are pleasant: operations are named
 * by what they are about and do ({@code tasksRetry}), whatever is refused is a problem document, and keys may be asked for.
 */
final class ApiDescription {
    private static final Pattern NUMBER = Pattern.compile("_\\d+$");
    private static final Pattern WORD = Pattern.compile("[^A-Za-z0-9]+(.)");
    private static final String PROBLEM = "Problem";

    @Bean
    OpenAPI openApi() {
        return new OpenAPI().info(new Info().title("Howdah").version(HowdahServer.version())
                .description("Everything an agent's backend keeps: tasks, workflows, skills, knowledge, caches, "
                        + "sessions, documents, and the operations around them."))
                .components(new Components()
                        .addSecuritySchemes("apiKey", new SecurityScheme().type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER).name("X-API-Key"))
                        .addSecuritySchemes("bearer", new SecurityScheme().type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")))
                .security(List.of(new SecurityRequirement().addList("apiKey"),
                        new SecurityRequirement().addList("bearer"),
                        new SecurityRequirement())); // a server on loopback may have no key
    }

    @Bean
    ApiSchemas apiSchemas() {
        return new ApiSchemas();
    }

    @Bean
    OpenApiCustomizer completed(ApiSchemas schemas) {
        return api -> {
            schemas.markFields(api.getComponents().getSchemas());
            api.getComponents().addSchemas(PROBLEM, problem());
            api.getComponents().addResponses(PROBLEM, new ApiResponse().description("Why it was refused or failed")
                    .content(new Content().addMediaType("application/problem+json",
                            new MediaType().schema(new JsonSchema().$ref(PROBLEM)))));
            var taken = new HashSet<String>();
            new TreeMap<>(api.getPaths()).values().forEach(path -> path.readOperations().forEach(operation -> {
                operation.setOperationId(name(operation, taken));
                operation.getResponses().addApiResponse("default", new ApiResponse().$ref(PROBLEM));
            }));
        };
    }

    private static JsonSchema problem() {
        var fault = object("pointer", "detail", "remedy");
        var problem = object("type", "title", "detail", "instance", "code", "remedy");
        problem.addProperty("status", new JsonSchema().types(Set.of("integer")));
        var faults = new JsonSchema();
        faults.addType("array");
        faults.setItems(fault);
        faults.setDescription("Each fault of what was sent, with a JSON pointer to its field");
        problem.addProperty("errors", faults);
        problem.description("A problem document (RFC 9457): code is for programs, remedy for people");
        problem.setRequired(List.of("title", "status", "detail", "code"));
        return problem;
    }

    private static JsonSchema object(String... texts) {
        var schema = new JsonSchema();
        schema.addType("object");
        for (var text : texts) {
            schema.addProperty(text, new JsonSchema().types(Set.of("string")));
        }
        return schema;
    }

    /** Several paths of one operation are told apart by numbers. */
    private static String name(Operation operation, Set<String> taken) {
        var method = NUMBER.matcher(operation.getOperationId()).replaceFirst("");
        var about = WORD.matcher(operation.getTags().getFirst())
                .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
        var lower = about.toLowerCase(Locale.ROOT);
        var isAcronym = about.equals(about.toUpperCase(Locale.ROOT));
        var name = (isAcronym ? lower : lower.charAt(0) + about.substring(1))
                + method.substring(0, 1).toUpperCase(Locale.ROOT) + method.substring(1);
        var free = name;
        for (int i = 2; !taken.add(free); i++) {
            free = name + i;
        }
        return free;
    }
}
