package dev.howdah.agent.mcp;

import static dev.howdah.agent.mcp.Requests.headers;
import static dev.howdah.agent.mcp.Requests.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillHandler;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.SkillResult;
import dev.howdah.agent.SkillResult.Question;
import dev.howdah.agent.SkillResult.Questions;
import dev.howdah.postgres.ConflictException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class McpServerTest {
    private static final byte[] KEY = new byte[32];

    private final List<McpTool> more = new CopyOnWriteArrayList<>();
    private final SkillRegistry skills = new SkillRegistry(List.of(
            skill("add", "{'type': 'object', 'required': ['a'], 'properties': {'a': {'type': 'integer'}}}",
                    input -> SkillResult.of(json("{'sum': " + (input.path("a").asInt() + 1) + "}"))),
            skill("conflict", "{'type': 'object'}", input -> {
                throw new ConflictException("in-the-way", "something is in the way", "take it away");
            }),
            skill("broken", "{'type': 'object'}", input -> {
                throw new IllegalStateException("secret detail");
            }),
            skill("name", "{'type': 'object'}", SkillHandler.running((input, run) -> run.answers()
                    .map(answers -> SkillResult
                            .of(json("{'hello': '" + answers.values().at("/who/name").asString() + "', "
                                    + "'round': " + answers.state().path("round") + "}")))
                    .orElseGet(() -> SkillResult.asking(new Questions(Map.of("who", new Question("Who?",
                            json("{'type': 'object', 'properties': {'name': {'type': 'string'}}}"))),
                            json("{'round': 1}")))))),
            skill("slow", "{'type': 'object'}", SkillHandler.running((input, run) -> {
                run.progress(50, "half");
                run.log("a line");
                return SkillResult.of(json("{'done': true}"));
            }))));
    private final McpFeatures features = new McpFeatures(() -> {
        var tools = new ArrayList<>(new SkillTools(skills, true, Optional.empty(), SkillTools::support).all());
        tools.addAll(more);
        return tools;
    }, List::of, List.of());
    private final McpChanges changes = new McpChanges(features, ids -> Map.of());
    private final Requests client = new Requests(
            new McpServer(new McpIdentity("howdah", "Howdah", "1", "Search."), features,
                    changes, new McpMethods(features, changes), Optional.empty(), () -> KEY));

    private static Skill skill(String name, String schema, SkillHandler handler) {
        return new Skill(name, name, "Does " + name + ".", SkillCategory.QUERY, json(schema),
                json("{'type': 'object'}"), Map.of(), name.equals("conflict"), false, handler);
    }

    @Test
    void tellsWhatItCanDo() {
        var found = client.send("server/discover", "{}");
        assertThat(found.result().at("/supportedVersions/0").asString()).isEqualTo("2026-07-28");
        assertThat(found.result().at("/capabilities/tools/listChanged").asBoolean()).isTrue();
        assertThat(found.result().path("capabilities").has("extensions")).as("no engine, no tasks").isFalse();
        assertThat(found.result().path("resultType").asString()).isEqualTo("complete");
        assertThat(found.result().path("cacheScope").asString()).isEqualTo("private");
        assertThat(found.result().at("/_meta/io.modelcontextprotocol~1serverInfo/name").asString())
                .isEqualTo("howdah");
    }

    @Test
    void refusesRequestsThatDoNotSayWhatTheyMust() {
        var message = client.message("tools/list", json("{}"));
        var headers = headers(message);
        for (var key : List.of(McpRequest.VERSION_KEY, McpRequest.CAPABILITIES_KEY)) {
            var without = message.deepCopy();
            without.withObjectProperty("params").withObjectProperty("_meta").remove(key);
            var refused = client.send(without, headers);
            assertThat(refused.code()).isEqualTo(-32602);
            assertThat(refused.answer().status()).isEqualTo(400);
            assertThat(refused.answer().message().path("id").asInt()).as("its id").isEqualTo(7);
        }
        var later = message.deepCopy();
        later.withObjectProperty("params").withObjectProperty("_meta").put(McpRequest.VERSION_KEY, "2031-01-01");
        assertThat(client.send(later, headers).code()).as("header and body differ").isEqualTo(-32020);
        headers.put("MCP-Protocol-Version", "2031-01-01");
        var unsupported = client.send(later, headers);
        assertThat(unsupported.code()).isEqualTo(-32022);
        assertThat(unsupported.error().at("/data/supported/0").asString()).isEqualTo("2026-07-28");
        assertThat(unsupported.error().at("/data/requested").asString()).isEqualTo("2031-01-01");
    }

    @Test
    void refusesHeadersThatAreMissingOrSaySomethingElse() {
        var message = client.message("tools/call", json("{'name': 'add', 'arguments': {'a': 1}}"));
        for (var header : List.of("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")) {
            var headers = headers(message);
            headers.remove(header);
            assertThat(client.send(message, headers).code()).as("without " + header).isEqualTo(-32020);
            headers.put(header, "else");
            assertThat(client.send(message, headers).answer().status()).as(header).isEqualTo(400);
        }
        var headers = headers(message);
        headers.put("Mcp-Name", " =?base64?YWRk?= ");
        assertThat(client.send(message, headers).result().at("/structuredContent/sum").asInt()).isEqualTo(2);
        for (var broken : List.of("=?base64?YWR?=", "=?base64?YW!k?=", "=?base64?/w==?=", "=?base64?YWRk")) {
            headers.put("Mcp-Name", broken);
            assertThat(client.send(message, headers).code()).as(broken).isEqualTo(-32020);
        }
    }

    @Test
    void parametersThatAHeaderRepeatsMustBeThere() {
        more.add(McpTool.of("regional", "For a region.", """
            {"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}}
            """, call -> McpOutcome.text(call.text("region"))));
        var message = client.message("tools/call", json("{'name': 'regional', 'arguments': {'region': 'north'}}"));
        var headers = headers(message);
        assertThat(client.send(message, headers).code()).isEqualTo(-32020);
        headers.put("Mcp-Param-Region", "south");
        assertThat(client.send(message, headers).code()).isEqualTo(-32020);
        headers.put("Mcp-Param-Region", "north");
        assertThat(client.send(message, headers).result().at("/content/0/text").asString()).isEqualTo("north");
        assertThat(client.callTool("regional", "{}").result().has("content")).as("not given, not repeated").isTrue();
    }

    @Test
    void unknownMethodsToolsAndCursorsAreErrors() {
        for (var method : List.of("initialize", "ping", "tasks/get", "tasks/list", "no/such")) {
            var unknown = client.send(method, "{}");
            assertThat(unknown.code()).as(method).isEqualTo(-32601);
            assertThat(unknown.answer().status()).as(method).isEqualTo(404);
        }
        assertThat(client.callTool("nothing", "{}").code()).isEqualTo(-32602);
        for (var cursor : List.of("'!'", "7", "'" + "a".repeat(2000) + "'")) {
            assertThat(client.send("tools/list", "{'cursor': " + cursor + "}").code()).as(cursor).isEqualTo(-32602);
        }
        assertThat(client.send("resources/list", "{'cursor': 'YWJj'}").code()).isEqualTo(-32602);
        assertThat(client.send("tools/call", "{'name': 'add', 'arguments': []}").code()).isEqualTo(-32602);
        assertThat(client.send("tools/call", "{}").code()).isEqualTo(-32602);
        assertThat(client.send("completion/complete", "{'ref': {'type': 'ref/else'}, 'argument': {'name': 'a', "
                + "'value': ''}}").code()).isEqualTo(-32602);
        assertThatThrownBy(() -> McpRequest.of(json("{'jsonrpc': '2.0', 'id': 1.5, 'method': 'ping'}")))
                .isInstanceOf(McpException.class);
        assertThatThrownBy(() -> McpRequest.of(Requests.JSON.readTree("[]"))).isInstanceOf(McpException.class);
    }

    @Test
    void whatASkillSaysOfItsInputTheModelReads() {
        var wrong = client.callTool("add", "{'a': 'x'}");
        assertThat(wrong.result().path("isError").asBoolean()).isTrue();
        assertThat(wrong.result().at("/content/0/text").asString()).contains("/a");
        var conflict = client.callTool("conflict", "{}");
        assertThat(conflict.result().at("/content/0/text").asString()).contains("in the way", "take it away");
        var broken = client.callTool("broken", "{}");
        assertThat(broken.code()).isEqualTo(-32603);
        assertThat(broken.answer().message().toString()).doesNotContain("secret");
    }

    @Test
    void skillsThatChangeSomethingNeedTheKey() {
        var refused = client.with("{}", new McpCaller("local", false)).callTool("conflict", "{}");
        assertThat(refused.result().path("isError").asBoolean()).isTrue();
        assertThat(refused.result().at("/content/0/text").asString()).contains("API key");
    }

    @Test
    void aSkillThatAsksGoesOnWithTheAnswer() {
        var asked = client.callTool("name", "{'b': 1, 'c': 2}").result();
        assertThat(asked.path("resultType").asString()).isEqualTo("input_required");
        assertThat(asked.at("/inputRequests/who/method").asString()).isEqualTo("elicitation/create");
        var state = asked.path("requestState").asString();
        assertThat(answer(state, "accept", "{'c': 2, 'b': 1}").result().path("structuredContent"))
                .as("in whatever order the arguments come")
                .isEqualTo(json("{'hello': 'Ada', 'round': 1}"));
        assertThat(answer(state, "decline", "{'b': 1, 'c': 2}").result().path("isError").asBoolean()).isTrue();
        assertThat(answer(state, "accept", "{'b': 3}").code()).as("of another call").isEqualTo(-32602);
        assertThat(answer(state + "A", "accept", "{'b': 1, 'c': 2}").code()).as("changed").isEqualTo(-32602);
        assertThat(client.send("tools/call", "{'name': 'name', 'inputResponses': {'who': 7}}").code())
                .isEqualTo(-32602);
        assertThat(client.send("tools/call", "{'name': 'name', 'inputResponses': null}").code()).isEqualTo(-32602);
        assertThat(client.send("tools/call", "{'name': 'name', 'requestState': 7}").code()).isEqualTo(-32602);
    }

    private Requests.Sent answer(String state, String action, String arguments) {
        return client.send("tools/call", "{'name': 'name', 'arguments': " + arguments + ", 'requestState': '" + state
                + "', 'inputResponses': {'who': {'action': '" + action + "', 'content': {'name': 'Ada'}}}}");
    }

    @Test
    void whoeverCannotBeAskedIsToldWhatIsMissing() {
        var refused = client.with("{}", Requests.ADA).callTool("name", "{}");
        assertThat(refused.code()).isEqualTo(-32021);
        assertThat(refused.answer().status()).isEqualTo(400);
        assertThat(refused.error().at("/data/requiredCapabilities/elicitation").isObject()).isTrue();
    }

    @Test
    void progressAndLogGoOnlyToThoseWhoWantThem() {
        assertThat(client.callTool("slow", "{}").before()).isEmpty();
        var told = client.send("tools/call", "{'name': 'slow', '_meta': {'progressToken': 'p', "
                + "'io.modelcontextprotocol/logLevel': 'info'}}").before();
        assertThat(told).extracting(message -> message.path("method").asString())
                .containsExactly("notifications/progress", "notifications/message");
        assertThat(told.getFirst().at("/params/progressToken").asString()).isEqualTo("p");
        assertThat(told.getFirst().at("/params/total").asInt()).isEqualTo(100);
        assertThat(client.send("tools/call", "{'name': 'slow', '_meta': {'io.modelcontextprotocol/logLevel': "
                + "'error'}}").before()).isEmpty();
    }

    @Test
    void listsAreReadPageByPageInTheOrderOfNames() {
        IntStream.range(0, McpMethods.PAGE + 1).forEach(i -> more.add(McpTool.of("tool%04d".formatted(i), "A tool.",
                "{\"type\": \"object\"}", call -> McpOutcome.text(""))));
        var first = client.send("tools/list", "{}").result();
        assertThat(first.path("tools")).hasSize(McpMethods.PAGE);
        var second = client.send("tools/list", "{'cursor': '" + first.path("nextCursor").asString() + "'}").result();
        assertThat(second.has("nextCursor")).isFalse();
        var names = new ArrayList<String>();
        for (JsonNode page : List.of(first, second)) {
            page.path("tools").forEach(tool -> names.add(tool.path("name").asString()));
        }
        assertThat(names).hasSize(McpMethods.PAGE + 6).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void toolsHaveBothSchemasAndSayWhetherTheyOnlyRead() {
        var tool = client.send("tools/list", "{}").result().path("tools").get(0);
        assertThat(tool.path("name").asString()).isEqualTo("add");
        assertThat(tool.at("/inputSchema/required/0").asString()).isEqualTo("a");
        assertThat(tool.at("/outputSchema/type").asString()).isEqualTo("object");
        assertThat(tool.at("/annotations/readOnlyHint").asBoolean()).isTrue();
    }

    @Test
    void aListenerIsToldFirstThatItIsHeardAndThenOnlyWhatItAskedFor() throws Exception {
        var sent = new java.util.concurrent.LinkedBlockingQueue<ObjectNode>();
        var message = client.message("subscriptions/listen",
                json("{'notifications': {'toolsListChanged': true, 'promptsListChanged': false}}"));
        var server = new McpServer(new McpIdentity("howdah", "Howdah", "1", ""), features, changes,
                new McpMethods(features,
                        changes),
                Optional.empty(), () -> KEY);
        var answer = new java.util.concurrent.CompletableFuture<McpServer.Answer>();
        var thread = Thread.ofVirtual().start(() -> answer.complete(server.handle(McpRequest.of(message),
                name -> Optional.ofNullable(headers(message).get(name)), Requests.ADA, new McpServer.Sender() {
                    @Override
                    public void send(ObjectNode told) {
                        sent.add(told);
                    }

                    @Override
                    public boolean isCancelled() {
                        return false;
                    }
                })));
        var acknowledged = sent.take();
        assertThat(acknowledged.path("method").asString()).isEqualTo("notifications/subscriptions/acknowledged");
        assertThat(acknowledged.at("/params/notifications")).isEqualTo(json("{'toolsListChanged': true}"));
        assertThat(acknowledged.at("/params/_meta/io.modelcontextprotocol~1subscriptionId").asInt()).isEqualTo(7);
        more.add(McpTool.of("late", "Came later.", "{\"type\": \"object\"}", call -> McpOutcome.text("")));
        changes.look();
        assertThat(sent.take().path("method").asString()).isEqualTo("notifications/tools/list_changed");
        changes.close();
        assertThat(answer.get().message().at("/result/resultType").asString()).isEqualTo("complete");
        thread.join();
    }

    @Test
    void aListenerMayNotWatchWithoutALimit() {
        var uris = Requests.JSON.createArrayNode();
        IntStream.rangeClosed(0, McpChanges.WATCHED_MAX).forEach(i -> uris.add("howdah://knowledge/patterns/" + i));
        var refused = client.send("subscriptions/listen", "{'notifications': {'resourceSubscriptions': " + uris + "}}");
        assertThat(refused.error().at("/data/code").asString()).isEqualTo("mcp-subscriptions-too-many");
        assertThat(client.send("subscriptions/listen", "{}").code()).isEqualTo(-32602);
    }
}
