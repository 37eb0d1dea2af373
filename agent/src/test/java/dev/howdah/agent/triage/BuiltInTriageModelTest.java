package dev.howdah.agent.triage;

import static dev.howdah.agent.triage.Examples.diff;
import static dev.howdah.agent.triage.Examples.event;
import static dev.howdah.agent.triage.Examples.missing;
import static dev.howdah.agent.triage.Examples.present;
import static dev.howdah.agent.triage.Examples.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.agent.source.ChangedFile;
import org.junit.jupiter.api.Test;

class BuiltInTriageModelTest {
    private static final ChangedFile BREAKING = diff("app.py", "-@app.get(\"/orders/{id}\")",
            "+@app.get(\"/v2/orders/{id}\")");

    private final BuiltInTriageModel model = new BuiltInTriageModel();

    @Test
    void isCertainWhereItFindsTheUse() {
        var result = model.decide(request(Examples.consumer(), event("Move", BREAKING), present("client.py",
                "import httpx\nhttpx.get(f\"{BASE}/orders/{order_id}\")\n")));
        assertThat(result.requiresAction()).isTrue();
        assertThat(result.urgency()).isEqualTo(Urgency.CRITICAL);
        assertThat(result.confidence()).isGreaterThan(0.9);
        assertThat(result.affectedFiles()).containsExactly("client.py:2", "app.py:1");
        assertThat(result.impactSummary()).isEqualTo("acme/api breaks acme/shop: route /orders/{id} removed, which "
                + "acme/shop uses");
        assertThat(result.recommendedChanges()).contains("`/v2/orders/{id}`", "client.py:2");
        assertThat(result.reasoning()).contains("used at client.py:2");
    }

    @Test
    void knowsTheWaysToWriteAUseOfARoute() {
        for (var line : new String[]{"get(\"/orders/42\")", "get('/orders/' + id)", "get(`/orders/${id}`)",
                "GET http://api/orders/7f3a-9/"}) {
            assertThat(model.decide(request(Examples.consumer(), event("Move", BREAKING), present("client.py", line)))
                    .urgency()).as(line).isEqualTo(Urgency.CRITICAL);
        }
        for (var line : new String[]{"get(\"/orders/search\")", "get(\"/orders\")", "get(\"/borders-of\")",
                "orders = []"}) {
            assertThat(model.decide(request(Examples.consumer(), event("Move", BREAKING), present("client.py", line)))
                    .requiresAction()).as(line).isFalse();
        }
    }

    @Test
    void isHighWhereTheUsedThingOnlyChanged() {
        var result = model.decide(request(Examples.consumer(), event("Change", diff("lib.py", "-def load(id):",
                "+def load(id, user):")), present("client.py", "load(3)")));
        assertThat(result.urgency()).isEqualTo(Urgency.HIGH);
        assertThat(result.requiresAction()).isTrue();
    }

    @Test
    void staysConditionalAndNeverCriticalWhereItCouldNotRead() {
        var result = model.decide(request(Examples.consumer(), event("Move", BREAKING), missing("client.py")));
        assertThat(result.requiresAction()).isTrue();
        assertThat(result.urgency()).isEqualTo(Urgency.HIGH);
        assertThat(result.impactSummary()).contains("may break", "could not be verified");
        assertThat(result.confidence()).isLessThan(0.7);
    }

    @Test
    void asksForNothingWhereTheFilesDoNotUseIt() {
        var result = model
                .decide(request(Examples.consumer(), event("Move", BREAKING), present("client.py", "print()")));
        assertThat(result.requiresAction()).isFalse();
        assertThat(result.urgency()).isEqualTo(Urgency.MEDIUM);
        assertThat(result.reasoning()).contains("No use in client.py");
    }

    @Test
    void isCalmAboutAdditions() {
        var result = model.decide(request(Examples.consumer(), event("Add", diff("app.py", "+@app.get(\"/new\")")),
                present("client.py", "x")));
        assertThat(result.requiresAction()).isFalse();
        assertThat(result.urgency()).isEqualTo(Urgency.LOW);
        assertThat(result.impactSummary()).isEqualTo("Route /new added; nothing was taken away");
    }

    @Test
    void takesFixesAndSecurityOverToAFork() {
        var file = diff("Dockerfile", "+USER app");
        assertThat(fork("Run as a user", file).urgency()).isEqualTo(Urgency.MEDIUM);
        assertThat(fork("Fix the start", file).urgency()).isEqualTo(Urgency.HIGH);
        assertThat(fork("Close a vulnerability", file).urgency()).isEqualTo(Urgency.CRITICAL);
        assertThat(fork("Run as a user", file)).satisfies(result -> {
            assertThat(result.requiresAction()).isTrue();
            assertThat(result.affectedFiles()).containsExactly("Dockerfile");
            assertThat(result.recommendedChanges()).contains("`Dockerfile`");
        });
    }

    @Test
    void answersTheSameEveryTime() {
        var request = request(Examples.consumer(),
                event("Move", BREAKING, diff("config/a.yaml", "-size: 1", "-name: x")),
                present("client.py", "get(\"/orders/1\")\nsize"));
        assertThat(model.decide(request)).isEqualTo(model.decide(request));
    }

    private TriageResult fork(String message, ChangedFile file) {
        return model.decide(request(Examples.fork(), event(message, file), present("Dockerfile", "FROM x")));
    }
}
