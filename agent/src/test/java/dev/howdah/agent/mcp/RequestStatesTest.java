package dev.howdah.agent.mcp;

import static dev.howdah.agent.mcp.Requests.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestStatesTest {
    private static final byte[] KEY = new byte[32];
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final InstantSource clock = () -> now;
    private final RequestStates states = new RequestStates(() -> KEY, clock);

    @Test
    void comesBackAsItWas() {
        var state = json("{'round': 2, 'texts': ['a', 'b']}");
        assertThat(states.verify(states.sign(state, json("{'a': 1, 'b': 2}")), json("{'b': 2, 'a': 1}")))
                .isEqualTo(state);
    }

    @Test
    void isRefusedIfAnythingOfItIsNotOurs() {
        var subject = json("{'a': 1}");
        var signed = states.sign(json("{'round': 2}"), subject);
        var other = new byte[32];
        other[0] = 1;
        var foreign = new RequestStates(() -> other, clock).sign(json("{'round': 2}"), subject);
        var parts = signed.split("\\.", 2);
        for (var bad : List.of("", ".", "x", signed + "x", parts[0], parts[0] + ".", "x" + signed,
                parts[1] + "." + parts[0],
                foreign, "a".repeat(RequestStates.LENGTH_MAX + 1))) {
            assertThatThrownBy(() -> states.verify(bad, subject)).as(bad).isInstanceOf(McpException.class);
        }
        assertThatThrownBy(() -> states.verify(signed, json("{'a': 2}"))).isInstanceOf(McpException.class);
    }

    @Test
    void ends() {
        var signed = states.sign(json("{}"), json("{}"));
        now = now.plus(RequestStates.TIME);
        assertThat(states.verify(signed, json("{}"))).isEqualTo(json("{}"));
        now = now.plus(Duration.ofSeconds(1));
        assertThatThrownBy(() -> states.verify(signed, json("{}"))).hasMessageContaining("ended");
    }

    @Test
    void allInstancesHaveTheSameKeyAndOtherTenantsAnother() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "agent")).up();
        var key = new McpKeys(database).get();
        assertThat(key).hasSize(32);
        assertThat(new McpKeys(database).get()).isEqualTo(key);
        var tenant = TestDatabase.create();
        new Migrator(tenant, Migrations.ofModules("queue", "knowledge", "agent")).up();
        assertThat(new McpKeys(tenant).get()).isNotEqualTo(key);
    }
}
