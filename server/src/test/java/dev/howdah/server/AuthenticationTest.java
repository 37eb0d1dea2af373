package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

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
    void showsSettingsAndOwnersOfKeysButNoSecret() {
        try (var server = TestServer.start(Map.of("howdah.server.api-key", KEY, "howdah.server.api-keys",
                "bob:bob-0123456789abcdef"), false)) {
            assertThat(server.get("/api/settings").status()).isEqualTo(401);
            var answer = server.get("/api/settings", "X-API-Key", KEY);
            assertThat(answer.text()).doesNotContain(KEY, "bob-0123456789abcdef",
                    server.howdah().settings().database().url());
            var settings = answer.json();
            assertThat(settings.path("caller").asString()).isEqualTo("default");
            assertThat(settings.path("key_required").asBoolean()).isTrue();
            assertThat(settings.path("key_owners").valueStream().map(name -> name.asString())).containsExactly("bob",
                    "default");
            var key = setting(settings, "howdah.server.api-key");
            assertThat(key.path("value").asString()).isEqualTo("***");
            assertThat(key.path("secret").asBoolean()).isTrue();
            assertThat(key.path("source").asString()).isEqualTo("howdah.server.api-key");
            var bodyMax = setting(settings, "howdah.server.body-max");
            assertThat(bodyMax.path("value").asString()).isEqualTo(bodyMax.path("default_value").asString());
            assertThat(bodyMax.path("source").asString()).isEqualTo("default");
            assertThat(bodyMax.path("variable").asString()).isEqualTo("HOWDAH_SERVER_BODY_MAX");
        }
    }

    private static JsonNode setting(JsonNode settings, String name) {
        return settings.path("items").valueStream().filter(item -> item.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void knowsCallersByTheirKeys() {
        var ada = "ada-0123456789abcdef";
        try (var server = TestServer.start(Map.of("howdah.server.api-key", KEY, "howdah.server.api-keys", "ada:" + ada
                + ", bob:bob-0123456789abcdef"), false)) {
            assertThat(server.get("/api/tasks", "X-API-Key", KEY).status()).isEqualTo(200);
            assertThat(server.get("/api/tasks", "X-API-Key", ada).status()).isEqualTo(200);
            assertThat(server.get("/api/tasks", "Authorization", "Bearer " + ada).status()).isEqualTo(200);
            assertThat(server.get("/api/tasks", "authorization", "bearer " + ada).status()).isEqualTo(200);
            for (var wrong : new String[]{"Basic " + ada, "Bearer", "Bearer ", "Bearer " + WRONG, ada}) {
                assertThat(server.get("/api/tasks", "Authorization", wrong).status()).as(wrong).isEqualTo(401);
            }
            assertThat(server.get("/api/tasks", "X-API-Key", "", "Authorization", "Bearer " + ada).status())
                    .as("the header of our own counts").isEqualTo(401);
        }
    }

    @Test
    void guardsEveryWayToWriteAPath() {
        try (var server = TestServer.start(Map.of("howdah.server.api-key", KEY), false)) {
            for (var path : new String[]{"/api/tasks", "/%61pi/tasks", "/api;x=1/tasks", "/ap%69/tasks;x=1",
                    "/v1/a2a/tasks/1", "/%761/a2a/tasks/1", "/a2a/tasks/1", "/a2a;x/tasks/1", "/a2a/rest/tasks", "/a2a",
                    "/mcp", "/mcp/v1/health"}) {
                var answer = server.get(path);
                assertThat(answer.status()).as(path).isEqualTo(401);
                assertThat(answer.response().headers().allValues("www-authenticate")).as(path)
                        .anyMatch(challenge -> challenge.startsWith("Bearer"));
            }
            assertThat(server.get("/a2a/rest/tasks").json().path("error").path("status").asString())
                    .isEqualTo("UNAUTHENTICATED");
            assertThat(server.get("/a2a/tasks/1").json().path("error").isString()).isTrue();
            assertThat(server.post("/a2a", "{}").json().path("error").path("code").asInt()).isEqualTo(-32600);
        }
    }

    @Test
    void checksTheKeysOfCallers() {
        for (var wrong : new String[]{"no colon at all here", "ada:short", ":0123456789abcdef", "a b:0123456789abcdef",
                "ada:0123456789abcdef,ada:0123456789abcdeg", "ada:0123456789abcdef,bob:0123456789abcdef"}) {
            assertThatThrownBy(() -> settings(Map.of("howdah.server.api-keys", wrong))).as(wrong)
                    .isInstanceOf(ConfigurationException.class).message().doesNotContain("0123456789abcdef");
        }
        var settings = settings(Map.of("howdah.server.host", "0.0.0.0", "howdah.server.api-keys", "ada:" + KEY));
        assertThat(settings.server().keysByName()).containsExactly(Map.entry("ada", KEY));
        assertThat(settings.toString()).doesNotContain(KEY);
        assertThatThrownBy(() -> settings(Map.of("howdah.server.host", "0.0.0.0", "howdah.server.api-key", KEY,
                "howdah.profile", "conformance"))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("conformance");
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
