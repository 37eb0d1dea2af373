package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuthenticationTest {
    private static final String KEY = "0123456789abcdef-key";
    private static final String WRONG = "0123456789abcdef-kez";
    private static final String ADD = """
        {"%s": "add_dependency_relationship", "%s": {"source_repo": "a/b", "target_repo": "a/c",
         "relationship_type": "consumer", "relationship_config": {}}}""";

    @Test
    void asksForTheKeyWhereSomethingIsReadOrChanged() {
        try (var server = TestServer.start(Map.of("howdah.server.api-key", KEY), false)) {
            for (var answer : new TestServer.Answer[]{server.get("/api/tasks"), server.get("/api/tasks", "X-API-Key",
                    WRONG), server.get("/api/tasks", "X-API-Key", ""),
                    server.post("/a2a/execute", ADD.formatted(
                            "skill_name", "input_data"))}) {
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.header("www-authenticate")).isEqualTo("ApiKey");
                assertThat(answer.json().path("code").asString()).isEqualTo("api-key-missing");
                assertThat(answer.json().path("remedy").asString()).contains("X-API-Key");
                assertThat(answer.text()).doesNotContain(KEY);
            }
            var plain = server.post("/a2a/execute", ADD.formatted("skill_id", "input"));
            assertThat(plain.status()).isEqualTo(401);
            assertThat(plain.json().path("skill").asString()).isEqualTo("add_dependency_relationship");

            assertThat(server.get("/api/tasks", "X-API-Key", KEY).status()).isEqualTo(200);
            assertThat(server.post("/a2a/execute", ADD.formatted("skill_name", "input_data"), "X-API-Key", KEY)
                    .status()).isEqualTo(200);
            assertThat(server.post("/a2a/execute", "{\"skill_name\": \"get_dependencies\", \"input_data\": {\"repo\": "
                    + "\"a/b\"}}").status()).isEqualTo(200);
            for (var open : new String[]{"/health", "/health/ready", "/a2a/health", "/a2a/skills",
                    "/.well-known/agent-card.json", "/console/index.html"}) {
                assertThat(server.get(open).status()).as(open).isEqualTo(200);
            }
            assertThat(server.get("/.well-known/agent-card.json").json().path("authentication").path("required")
                    .asBoolean()).isTrue();
        }
    }

    @Test
    void guardsAPathHoweverItIsWritten() {
        try (var server = TestServer.start(Map.of("howdah.server.api-key", KEY), false)) {
            for (var path : List.of("/api/tasks", "/api;x=1/tasks", "/api;/tasks", "/%61pi/tasks", "//api/tasks",
                    "/x/../api/tasks", "/./api/tasks", "/api/%74asks")) {
                var answer = server.get(path);
                assertThat(answer.status()).as(path).isIn(400, 401, 404);
                assertThat(answer.text()).as(path).doesNotContain("items");
            }
        }
    }

    @Test
    void leavesSkillsOpenWhereTheyNeedNotBeGuarded() {
        try (var server = TestServer.start(Map.of("howdah.server.api-key", KEY, "howdah.server.require-auth", "false"),
                false)) {
            assertThat(server.post("/a2a/execute", ADD.formatted("skill_name", "input_data")).status()).isEqualTo(200);
            assertThat(server.get("/api/tasks").status()).isEqualTo(401);
        }
    }

    @Test
    void refusesEverythingWhereAKeyIsRequiredAndNoneIsConfigured() {
        try (var server = TestServer.start(Map.of("howdah.server.require-auth", "true"), false)) {
            assertThat(server.post("/a2a/execute", ADD.formatted("skill_name", "input_data"), "X-API-Key", "")
                    .status()).isEqualTo(401);
        }
    }

    @Test
    void doesNotStartReachableWithoutAKey() {
        assertThatThrownBy(() -> settings(Map.of("howdah.server.host", "0.0.0.0")))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("HOWDAH_API_KEY");
        assertThatThrownBy(() -> settings(Map.of("howdah.server.api-key", "short")))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("at least 16")
                .message().doesNotContain("\"short\"");
        assertThat(settings(Map.of("howdah.server.host", "0.0.0.0", "howdah.server.api-key", KEY)).toString())
                .doesNotContain(KEY);
    }

    private static HowdahSettings settings(Map<String, String> values) {
        return HowdahSettings.from(Configuration.of(values));
    }
}
