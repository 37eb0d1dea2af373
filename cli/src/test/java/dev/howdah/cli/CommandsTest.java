package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.TestDatabase;
import dev.howdah.server.HowdahServer;
import dev.howdah.server.HowdahSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsTest {
    @TempDir
    static Path directory;

    private String url = "";
    private HowdahServer server = unstarted();

    @BeforeAll
    void start() throws Exception {
        writeConfig(directory.resolve("howdah.yml"));
        server = HowdahServer.start(HowdahSettings.load(Map.of("howdah.server.port", "0",
                "howdah.agent.repository-roots", directory.toString()), Map.of(), directory.resolve("howdah.yml")));
        server.howdah().start(true);
        assertThat(server.howdah().awaitStarted(Duration.ofSeconds(30))).isTrue();
        url = server.url();
        new DemoRepositories(directory).make();
        Files.writeString(directory.resolve("relationships.json"), DemoRepositories.RELATIONSHIPS);
        assertThat(onServer("relationships", "import", directory.resolve("relationships.json").toString()).out)
                .contains("3 added");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void showsWhatWasAskedOfModels() {
        assertThat(onServer("models", "usage", "--by", "day").out).contains("DAY", "CALLS", "COST");
        assertThat(onServer("models", "calls", "--purpose", "triage").out).contains("TIME", "OUTCOME");
        assertThat(onServer("models", "usage", "--json").out).contains("\"by\" : \"model\"");
        var refused = onServer("models", "calls", "--outcome", "good");
        assertThat(refused.code).isEqualTo(Main.INVALID);
        assertThat(refused.err).contains("answered, invalid, failed, interrupted");
    }

    @Test
    void notifiesACommitAndShowsTheTriages() {
        var done = onServer("notify", "--repo", directory.resolve("demo/orders").toString(), "--name", "demo/orders");
        assertThat(done.code).as(done.err).isZero();
        assertThat(done.out).contains("demo/orders@be2bcf56", "3 triages", "CRITICAL",
                "demo/orders breaks demo/storefront: route /orders/{order_id} removed", "src/orders_client.py:7",
                "the same file adds `/v2/orders/{order_id}`", "HIGH", "docker, health_checks")
                .doesNotContain("/orders/search\", params"); // another route, which stays
        var json = onServer("notify", "--repo", directory.resolve("demo/orders").toString(), "--name", "demo/orders",
                "--json");
        assertThat(json.json()).hasSize(3);
        assertThat(onServer("notify", "--repo", directory.resolve("demo/orders").toString(), "--name", "demo/orders",
                "--commit", "HEAD~1", "--no-wait").out).contains("Search orders by customer");
        assertThat(onServer("notify", "--repo", directory.resolve("demo/storefront").toString()).out)
                .contains("nothing depends on local/storefront", "howdah relationships import");
    }

    @Test
    void refusesACommitThatDoesNotExist() {
        var refused = onServer("notify", "--repo", directory.resolve("demo/orders").toString(), "--commit",
                "feature/x");
        assertThat(refused.code).isEqualTo(Main.INVALID);
        assertThat(refused.err).contains("no commit \"feature/x\"", "git log");
        assertThat(onServer("notify", "--repo", "/").code).isEqualTo(Main.INVALID);
        assertThat(onServer("notify", "--timeout", "0").err).contains("--timeout: 0 is out of range");
    }

    @Test
    void listsShowsCancelsAndRetriesTasks() {
        var ids = onServer("notify", "--repo", directory.resolve("demo/orders").toString(), "--name", "demo/orders",
                "--json").json();
        var id = ids.get(0).path("id").asString();
        assertThat(onServer("tasks", "list", "--limit", "2").out).contains("STATE", "demo/returns", "more: ");
        assertThat(onServer("tasks", "list", "--state", "finished", "--type", "template_triage", "--json").json()
                .path("items")).isNotEmpty();
        assertThat(onServer("tasks", "show", id).out).contains("consumer_triage", "attempt 1 of 3", "what to do");
        assertThat(onServer("tasks", "cancel", id).code).isEqualTo(Main.FAILED);
        assertThat(onServer("tasks", "retry", id).err).contains("finished");
        assertThat(onServer("tasks", "show", "nonsense").code).isEqualTo(Main.INVALID);
        var missing = onServer("tasks", "show", "01234567-89ab-7def-8123-456789abcdef");
        assertThat(missing.code).isEqualTo(Main.NOT_FOUND);
        assertThat(onServer("tasks", "list", "--state", "done").err).contains("\"done\" is no state");
    }

    @Test
    void createsFillsReadsAndClearsCaches() throws IOException {
        assertThat(onServer("cache", "create", "rates", "--default-ttl", "10m", "--entries-max", "1000", "--near").out)
                .contains("DURABILITY", "rates", "async", "600 s", "1000", "lru", "true");
        assertThat(
                onServer("cache", "set", "rates", "EUR/USD %", "1.08", "--tag", "a", "--tag", "b", "--ttl", "1h").out)
                .contains("stored, version ");
        assertThat(onServer("cache", "get", "rates", "EUR/USD %").out).isEqualTo("1.08\n");
        assertThat(onServer("cache", "get", "rates", "EUR/USD %", "--json").json().path("tags")).hasSize(2);
        onServer("cache", "set", "rates", "json", "{\"a\": 1}", "--type", "json");
        onServer("cache", "get", "rates", "json", "--to", directory.resolve("value").toString());
        assertThat(Files.readString(directory.resolve("value"))).isEqualTo("{\"a\": 1}");
        assertThat(onServer("cache", "set", "rates", "json", "{", "--type", "json").code).isEqualTo(Main.INVALID);
        assertThat(onServer("cache", "increment", "rates", "visits", "--by", "5").out).isEqualTo("5\n");
        assertThat(onServer("cache", "keys", "rates", "*s*").out).contains("visits", "json").doesNotContain("EUR");
        assertThat(onServer("cache", "keys", "rates", "--limit", "1").out).contains("more with --cursor");
        assertThat(onServer("cache", "stats", "rates").out).contains("active keys", "3", "hit rate");
        assertThat(onServer("cache", "list").out).contains("rates");
        assertThat(onServer("cache", "invalidate", "rates", "a").out).isEqualTo("1 invalidated\n");
        assertThat(onServer("cache", "delete", "rates", "json", "none").out).isEqualTo("1 deleted\n");
        assertThat(onServer("cache", "clear", "rates").out).isEqualTo("1 deleted\n");
        assertThat(onServer("cache", "get", "rates", "json").code).isEqualTo(Main.NOT_FOUND);
        assertThat(onServer("cache", "drop", "rates").code).isZero();
        assertThat(onServer("cache", "get", "rates", "json").err).contains("howdah cache create rates");
    }

    @Test
    void enqueuesTasksAndLimitsQueuesAndKeepsSchedules() {
        var id = onServer("tasks", "enqueue", "greet", "{\"name\": \"Ada\"}", "--queue", "mail", "--delay", "1h").out
                .strip();
        assertThat(onServer("tasks", "show", id).out).contains("greet", "queued");
        var child = onServer("tasks", "enqueue", "greet", "--partition", "acme", "--after", id, "--after-any-outcome",
                "--unique-arguments", "--unique-for", "1h", "--on-conflict", "replace", "--result-ttl", "1h").out
                .strip();
        var shown = onServer("tasks", "show", child, "--json").json();
        assertThat(shown.path("partition").asString()).isEqualTo("acme");
        assertThat(shown.path("waits_for").asInt()).isEqualTo(1);
        assertThat(onServer("tasks", "bulk", "cancel", "--partition", "acme", "--yes").out).contains("1 tasks");
        assertThat(onServer("queue", "top", "--once").out).contains("queued", "WORKER", "MINUTE", "mail");
        assertThat(onServer("queue", "top", "--json").json().path("workers").isArray()).isTrue();
        assertThat(onServer("tasks", "log", id).code).isZero();
        assertThat(onServer("tasks", "enqueue", "greet", "{", "--queue", "mail").err).contains("no valid JSON");
        assertThat(onServer("tasks", "enqueue", "greet", "--priority", "9999").err).contains("priority: 9999");
        assertThat(onServer("queues", "limit", "mail", "--concurrency", "2", "--rate", "1.5").out)
                .contains("mail", "1.5/s, burst 2");
        assertThat(onServer("queues", "pause", "mail").code).isZero();
        assertThat(onServer("queue", "list").out).contains("mail", "CONCURRENCY");
        assertThat(onServer("queues", "resume", "mail").code).isZero();
        assertThat(onServer("queues", "pause", "none").code).isEqualTo(Main.NOT_FOUND);
        assertThat(onServer("tasks", "bulk", "cancel", "--queue", "mail").out).contains("1 tasks would be touched");
        assertThat(onServer("tasks", "bulk", "cancel", "--queue", "mail", "--yes").out)
                .contains("1 tasks: cancel done");
        assertThat(onServer("tasks", "bulk", "explode").err).contains("use cancel, retry or discard");

        assertThat(onServer("schedules", "put", "--name", "nightly", "--cron", "30 2 * * *", "--zone", "Europe/Berlin",
                "report").out).contains("30 2 * * * Europe/Berlin", "next runs: ");
        assertThat(onServer("schedules", "put", "--name", "nightly", "--cron", "61 * * * *", "report").err)
                .contains("minute \"61\" is out of range");
        assertThat(onServer("schedules", "pause", "nightly").out).contains("paused nightly");
        assertThat(onServer("schedules", "list").out).contains("nightly", "paused");
        assertThat(onServer("schedules", "resume", "nightly").code).isZero();
        assertThat(onServer("schedules", "trigger", "nightly").out).contains("enqueued");
        assertThat(onServer("schedules", "delete", "nightly").out).contains("deleted nightly");
        assertThat(onServer("schedules", "delete", "nightly").code).isEqualTo(Main.NOT_FOUND);
    }

    @Test
    void runsAWorkflowAndWritesWhatItMade() throws IOException {
        assertThat(onServer("workflow", "list").out).contains("dog-marketplace", "sdlc_linear");
        assertThat(onServer("workflow", "show", "dog-marketplace").out).contains("parallel_group", "withdraw");
        var made = directory.resolve("made");
        var run = onServer("workflow", "run", "dog-marketplace", "--artifacts", made.toString());
        assertThat(run.code).as(run.out + run.err).isZero();
        assertThat(run.out).contains("node started requirements", "workflow completed", "completed, ", " nodes in ");
        try (var files = Files.walk(made)) {
            assertThat(files.filter(Files::isRegularFile)).hasSizeGreaterThan(5)
                    .allMatch(file -> file.startsWith(made));
        }
        var id = run.out.lines().findFirst().orElseThrow().replace("execution ", "");
        assertThat(onServer("execution", "show", id).out).contains("NODE", "sign_off", "skipped");
        assertThat(onServer("execution", "watch", id, "--json").json().path("status").asString())
                .isEqualTo("completed");
        assertThat(onServer("execution", "events", id, "--limit", "1").out).contains("workflow_started");
        assertThat(onServer("execution", "artifacts", id).out).contains("MEDIA TYPE");
        assertThat(onServer("execution", "graph", id).out).startsWith("<svg");
        assertThat(onServer("execution", "graph", id, "-o", directory.resolve("g.svg").toString()).code).isZero();
        assertThat(directory.resolve("g.svg")).content().contains("</svg>");
        assertThat(onServer("execution", "list", "--workflow", "dog-marketplace", "--status", "completed").out)
                .contains(id);
        assertThat(onServer("workflow", "run", "nothing").code).isEqualTo(Main.NOT_FOUND);
    }

    @Test
    void schedulesWorkflows() throws IOException {
        onServer("workflow", "apply", Files.writeString(directory.resolve("clocked.yaml"), """
            id: clocked
            nodes:
              - {id: pause, type: wait, config: {duration: 1ms}}
            """).toString());
        assertThat(onServer("workflow", "schedules", "put", "clocked", "nightly", "--cron", "30 2 * * *", "--zone",
                "Europe/Berlin", "--overlap", "skip", "--input", "{\"a\": 1}").out)
                .contains("nightly", "30 2 * * * Europe/Berlin", "newest", "skip", "next runs: ");
        assertThat(onServer("workflow", "schedules", "pause", "clocked", "nightly").out)
                .contains("paused clocked.nightly");
        assertThat(onServer("workflow", "schedules", "list", "clocked").out).contains("paused");
        assertThat(onServer("workflow", "schedules", "resume", "clocked", "nightly").out)
                .contains("resumed clocked.nightly");
        var range = new String[]{"workflow", "schedules", "backfill", "clocked", "nightly", "--from",
                "2026-01-01T00:00:00Z", "--to", "2026-01-03T23:59:59Z", "--limit", "2"};
        assertThat(onServer(range).out).contains("started 2, there already 0", "more: the same with --from ");
        assertThat(onServer(range).out).contains("started 0, there already 2");
        var wrong = onServer("workflow", "schedules", "put", "clocked", "nightly", "--cron", "whenever");
        assertThat(wrong.code).isEqualTo(Main.INVALID);
        assertThat(onServer("workflow", "schedules", "delete", "clocked", "nightly").out).contains("deleted");
        assertThat(onServer("workflow", "schedules", "pause", "clocked", "nightly").code).isEqualTo(Main.NOT_FOUND);
    }

    @Test
    void appliesChecksAndSteersWorkflows() throws IOException {
        var good = Files.writeString(directory.resolve("steps.yaml"), """
            id: steps
            nodes:
              - {id: ask, type: human_review, config: {prompt: "Go on?"}}
              - {id: go, type: signal, dependencies: [ask], config: {name: go}}
              - {id: check, type: condition, dependencies: [go], config: {expression: "outputs.go.n > 1"}}
            """).toString();
        assertThat(onServer("workflow", "validate", good).out).contains("steps: 3 nodes, 2 edges");
        assertThat(onServer("workflow", "apply", good).out).contains("steps version 1");
        assertThat(onServer("workflow", "apply", good).out).contains("steps version 1");
        assertThat(onServer("workflow", "versions", "steps").out).contains("steps 1 custom");
        var bad = Files.writeString(directory.resolve("bad.yaml"), """
            id: bad
            nodes:
              - {id: a, type: task, executor: nobody, dependencies: [b]}
              - {id: b, type: wait, config: {duration: soon}}
            """).toString();
        var refused = onServer("workflow", "validate", bad);
        assertThat(refused.code).isEqualTo(Main.INVALID);
        assertThat(refused.out.lines()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(onServer("workflow", "apply", bad).code).isEqualTo(Main.INVALID);
        assertThat(onServer("workflow", "apply", directory.resolve("none.yaml").toString()).code)
                .isEqualTo(Main.INVALID);

        var id = onServer("workflow", "run", "steps", "--input", "{\"a\": 1}", "--no-watch").out.strip();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> onServer("execution", "reviews").out.contains(id));
        assertThat(onServer("execution", "pause", id).out).contains(id + " paused");
        assertThat(onServer("execution", "resume", id).out).contains(id + " running");
        assertThat(onServer("execution", "approve", id, "ask", "--by", "ada", "--comment", "yes").code).isZero();
        assertThat(onServer("execution", "reject", id, "ask").code).isEqualTo(Main.FAILED);
        assertThat(onServer("execution", "signal", id, "go", "{\"n\": \"x\"}").code).isZero();
        var watched = onServer("execution", "watch", id);
        assertThat(watched.code).isEqualTo(Main.FAILED);
        assertThat(watched.out).contains("review approved ask", "node failed check", "execution retry " + id);
        assertThat(onServer("execution", "retry", id, "go", "--with-dependants").out).contains(id + " running");
        assertThat(onServer("execution", "signal", id, "go", "{\"n\": 2}").code).isZero();
        assertThat(onServer("execution", "watch", id).code).isZero();
        var fork = onServer("execution", "fork", id, "go", "--input", "{}", "--json").json().path("execution_id")
                .asString();
        await().atMost(Duration.ofSeconds(30)) // it runs for a moment before it waits for its signal
                .until(() -> onServer("execution", "skip", fork, "go", "--reason", "enough").code == 0);
        onServer("execution", "watch", fork);
        assertThat(onServer("execution", "cancel", id).code).isEqualTo(Main.FAILED);
        assertThat(onServer("execution", "show", "nonsense").code).isEqualTo(Main.INVALID);
        assertThat(onServer("execution", "show", "01234567-89ab-7def-8123-456789abcdef").code)
                .isEqualTo(Main.NOT_FOUND);
    }

    @Test
    void keepsFilesBelowTheirDirectory() {
        var root = Path.of("made");
        assertThat(ArtifactFiles.inside(root, "src/app.js")).isEqualTo(Path.of("made/src/app.js"));
        for (var name : new String[]{"../x", "/etc/passwd", "a/../../x", "..", "..\\x"}) {
            assertThat(ArtifactFiles.inside(root, name).normalize().startsWith(root)).as(name).isTrue();
        }
    }

    @Test
    void listsAndRunsSkills() throws IOException {
        assertThat(onServer("skills", "list").out).contains("get_dependencies", "query");
        assertThat(onServer("skills", "list", "--category", "event", "--json").json().path("skills")).hasSize(1);
        assertThat(onServer("skills", "show", "get_dependencies").json().path("input_schema").path("required"))
                .hasSize(1);
        assertThat(onServer("skills", "run", "get_dependencies", "{\"repo\": \"demo/orders\"}").json()
                .path("consumers")).hasSize(2);
        var input = Files.writeString(directory.resolve("input.json"), "{\"repo\": \"demo/orders\"}");
        assertThat(onServer("skills", "run", "get_dependencies", "@" + input).code).isZero();
        assertThat(onServer("skills", "run", "get_dependencies", "{}").err).contains("/repo: is missing");
        assertThat(onServer("skills", "run", "get_dependencies", "{").err).contains("no valid JSON");
        assertThat(onServer("skills", "run", "nothing").code).isEqualTo(Main.NOT_FOUND);
        assertThat(onServer("skills", "show", "nothing").code).isEqualTo(Main.INVALID);
    }

    @Test
    void listsRelationshipsAndRefusesWrongFiles() throws IOException {
        assertThat(onServer("relationships", "list").out).contains("demo/storefront", "template_fork");
        assertThat(onServer("relationships", "list", "--json").json().path("relationships").path("demo/orders")
                .path("consumers")).hasSize(2);
        assertThat(importing("{").err).contains("no valid JSON at line 1");
        assertThat(importing("{\"relationships\": {\"a/b\": {\"consumers\": [{\"repo\": \"a/b\"}]}}}").err)
                .contains("/relationships/a~1b/consumers/0/repo", "depends on itself");
        var circle = "{\"relationships\": {\"a/b\": {\"consumers\": [{\"repo\": \"a/c\"}]}, \"a/c\": {\"consumers\": "
                + "[{\"repo\": \"a/b\"}]}}}";
        assertThat(importing(circle).err).contains("in a circle: a/b → a/c → a/b", "--allow-cycles");
        assertThat(onServer("relationships", "import", directory.resolve("none.json").toString()).code)
                .isEqualTo(Main.INVALID);
    }

    @Test
    void showsTheDigest() {
        assertThat(onServer("digest").out).contains("changes of low urgency since");
        assertThat(onServer("digest", "--days", "100").err).contains("days: 100 is out of range");
    }

    @Test
    void saysWhatIsWrongWithTheServer() throws IOException {
        int unused;
        try (var socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        var down = run("tasks", "list", "--server", "http://127.0.0.1:" + unused);
        assertThat(down.code).isEqualTo(Main.UNAVAILABLE);
        assertThat(down.err).contains("no server answers at http://127.0.0.1:" + unused, "./howdah up");
    }

    @Test
    void migratesTheSchemaAndBack() throws IOException {
        var config = writeConfig(directory.resolve("migrate.yml")).toString();
        assertThat(run("migrate", "status", "--config", config).out).contains("pending");
        assertThat(run("migrate", "plan", "--config", config).out).contains("CREATE TABLE tasks");
        assertThat(run("migrate", "up", "--to", "1", "--config", config).out).contains("applied 1 queue/tasks");
        assertThat(run("migrate", "up", "--dry-run", "--config", config).out).contains("would apply 2");
        assertThat(
                run("migrate", "up", "--to", "2", "--config", config, "--json").json().get(0).path("name").asString())
                .isEqualTo("dependencies");
        assertThat(run("migrate", "validate", "--config", config).code).isZero();
        assertThat(run("migrate", "redo", "--config", config).out).contains("ran 2");
        assertThat(run("migrate", "down", "--dry-run", "--config", config).out).contains("would roll back 2");
        assertThat(run("migrate", "down", "--config", config).out).contains("rolled back 2");
        assertThat(run("migrate", "down-to", "0", "--config", config).out).contains("rolled back 1");
        assertThat(run("migrate", "baseline", "2", "--config", config).out).contains("recorded queue/V0001__tasks");
        assertThat(run("migrate", "repair", "--config", config).out).contains("nothing to do");
        assertThat(run("migrate", "down", "0", "--config", config).code).isEqualTo(Main.INVALID);
        assertThat(run("migrate").code).isEqualTo(Main.INVALID);
    }

    @Test
    void importsFilesAndTellsOfThem() throws IOException {
        var config = directory.resolve("howdah.yml").toString();
        var file = Files.writeString(directory.resolve("imported.ndjson"), "{\"_id\": 1}\n{broken\n{\"_id\": 2}\n")
                .toString();
        var quarantine = directory.resolve("rejected.ndjson");
        var rehearsed = run("import", "json", file, "--dry-run", "--config", config, "--quarantine", quarantine
                .toString());
        assertThat(rehearsed.code).as(rehearsed.err).isZero();
        assertThat(rehearsed.out).contains("nothing was written", "read 3", "rejected 1");
        assertThat(quarantine).doesNotExist();
        var done = run("import", "json", file, "--config", config, "--json", "--quarantine", quarantine.toString());
        assertThat(done.code).as("a line was rejected").isEqualTo(Main.FAILED);
        assertThat(done.json().path("state").asString()).isEqualTo("finished");
        assertThat(Files.readString(quarantine)).contains("imported.ndjson:2");
        var id = done.json().path("id").asString();
        assertThat(onServer("imports", "list").out).contains("STATE", id, "finished", "documents *");
        assertThat(onServer("imports", "list", "--limit", "1", "--json").json().path("items").path(0).path("report")
                .path("written").asInt()).isEqualTo(2);
        assertThat(onServer("imports", "show", id).out).contains("documents imported", "written 2", "SOURCE CHECKSUM");
        assertThat(onServer("imports", "show", "01234567-89ab-7def-8123-456789abcdef").code).isEqualTo(Main.NOT_FOUND);
        assertThat(onServer("imports", "show", "nonsense").code).isEqualTo(Main.INVALID);
        var taken = run("import", "json", file, "--config", config, "--quarantine", quarantine.toString());
        assertThat(taken.err).contains("--duplicates");
        assertThat(run("import", "json", file, "--config", config, "--duplicates", "skip", "--quarantine", quarantine
                .toString()).out).contains("skipped 2");
        assertThat(run("import", "redis", file, "--config", config).err).contains("--cache NAME");
        assertThat(run("import", "redis", file, "--cache", "c", "--config", config).err).contains("no RDB file");
        assertThat(run("import", "mongo", "mongodb://user:s3cret@127.0.0.1:1/x?serverSelectionTimeoutMS=200",
                "--config", config).err).doesNotContain("s3cret");
        assertThat(run("import").code).isEqualTo(Main.INVALID);
    }

    @Test
    void movesTasksToRedisAndBack() throws IOException {
        try (var redis = dev.howdah.queue.redis.TestRedis.start()) {
            var config = directory.resolve("move.yml");
            Files.writeString(config, Files.readString(writeConfig(directory.resolve("move-base.yml")))
                    + "howdah.queue.redis-url: " + redis.url() + "\n");
            assertThat(run("queue", "migrate", "--from", "postgres", "--config", config.toString()).out)
                    .contains("moved 0 tasks");
            try (var howdah = dev.howdah.server.Howdah.open(dev.howdah.server.HowdahSettings.load(java.util.Map.of(),
                    java.util.Map.of(), config))) {
                var id = howdah.queue().enqueue(dev.howdah.queue.NewTask.of("greet",
                        tools.jackson.databind.json.JsonMapper.shared().createObjectNode()));
                assertThat(run("queue", "migrate", "--from", "postgres", "--config", config.toString(), "--json").json()
                        .path("moved").asInt()).isEqualTo(1);
                assertThat(howdah.queue().find(id)).isEmpty();
                assertThat(run("queue", "migrate", "--from", "redis", "--config", config.toString()).out)
                        .contains("moved 1 tasks");
                assertThat(howdah.queue().find(id)).isPresent();
            }
            assertThat(run("queue", "migrate", "--from", "mongo", "--config", config.toString()).code)
                    .isEqualTo(Main.INVALID);
        }
    }

    @Test
    void examinesTheInstallation() throws IOException {
        var config = directory.resolve("howdah.yml").toString();
        var well = run("doctor", "--config", config);
        assertThat(well.code).as(well.out).isZero();
        assertThat(well.out).contains("database", "PostgreSQL 17", "extensions", "pool", "replicas", "migrations",
                "queue", "disk", "all in all: degraded", "ALTER SYSTEM SET fsync = on;"); // which the tests' server has not
        assertThat(well.out).doesNotContain("nothing found");
        assertThat(run("doctor", "--all", "--only", "indexes", "--config", config).out)
                .contains("duplicate-indexes", "nothing found", "all in all: ok").doesNotContain("vacuum", "disk");
        assertThat(run("doctor", "--fix-sql", "--config", config).out)
                .contains("-- durability: ", "\nALTER SYSTEM SET fsync = on;").doesNotContain("all in all");
        assertThat(run("doctor", "--only", "nothing", "--config", config).code).isEqualTo(Main.INVALID);
        var fresh = run("doctor", "--json", "--config", writeConfig(directory.resolve("fresh.yml")).toString()).json();
        assertThat(fresh.path("status").asString()).isEqualTo("degraded");
        assertThat(fresh.path("checks").valueStream().filter(c -> c.path("name").asString().equals("migrations")))
                .singleElement().satisfies(c -> assertThat(c.path("remedy").asString()).contains("howdah migrate up"));
        var down = Files.writeString(directory.resolve("down.yml"), """
            howdah.database:
              host: 127.0.0.1
              port: 1
              acquire-timeout: 300ms
            """);
        var ill = run("doctor", "--config", down.toString());
        assertThat(ill.code).isEqualTo(Main.FAILED);
        assertThat(ill.out).contains("down", "cannot be reached");
        var empty = run("doctor", "--home", directory.resolve("empty").toString(), "--config", "none.yml");
        assertThat(empty.out).contains("no embedded database", "./howdah up");
        assertThat(directory.resolve("empty")).doesNotExist();
        var wrong = Files.writeString(directory.resolve("wrong.yml"), "howdah.server.prot: 80\n");
        assertThat(run("doctor", "--config", wrong.toString()).out).contains("did you mean howdah.server.port?");
    }

    @Test
    void showsSettingsWithoutSecrets() {
        var shown = run("config", "--config", directory.resolve("howdah.yml").toString());
        assertThat(shown.out).contains("howdah.database.schema", "howdah.yml").doesNotContain(
                server.howdah().settings().database().password());
    }

    @Test
    void refusesAHomeThatCannotBeWritten() throws IOException {
        var file = Files.writeString(directory.resolve("file"), "not a directory");
        var refused = run("migrate", "status", "--home", file.resolve("home").toString(), "--config", "none.yml");
        assertThat(refused.code).isEqualTo(Main.UNAVAILABLE);
        assertThat(refused.err).contains("cannot be made", "HOWDAH_HOME").hasLineCount(1);
    }

    @Test
    void saysInOneLineThatThePortIsInUse() {
        var refused = run("up", "--port", Integer.toString(server.port()), "--config",
                directory.resolve("howdah.yml").toString());
        assertThat(refused.code).isEqualTo(Main.UNAVAILABLE);
        assertThat(refused.err).contains("port " + server.port(), "is in use", "--port").hasLineCount(1);
    }

    @Test
    void helpsWithWrongUsage() {
        assertThat(run("nothing").code).isEqualTo(Main.INVALID);
        assertThat(run("tasks", "list", "--limit", "many").code).isEqualTo(Main.INVALID);
        assertThat(run("--help").out).contains("demo", "notify", "doctor").doesNotContain("rehearse");
        assertThat(run("--version").out).startsWith("howdah ");
    }

    @Test
    void runsTheDemoFromNothing() {
        var demo = run("demo", "--exit", "--port", "0", "--home", directory.resolve("demo-home").toString());
        assertThat(demo.code).as(demo.err).isZero();
        assertThat(demo.out).contains("CRITICAL demo/storefront", "CRITICAL demo/returns", "HIGH demo/returns");
        assertThat(demo.out.lines().filter(line -> line.contains("/console/#/tasks/"))).hasSize(3);
    }

    @Test
    void importsAKnowledgeBaseAndListsWhatIsKnown() throws IOException {
        var file = Files.writeString(directory.resolve("knowledge.json"), """
            {"schema_version": "2.0", "repositories": {
              "kb/api": {"latest_patterns": {"patterns": ["Outbox", "Retry"], "problem_domain": "orders"},
                "deployment": {"lessons_learned": [{"lesson": "Set limits", "category": "reliability",
                  "severity": "warning", "timestamp": "2026-01-02"}]}},
              "kb/web": {"patterns": []}}}
            """);
        var dry = onServer("knowledge", "import", file.toString(), "--dry-run");
        assertThat(dry.code).as(dry.err).isZero();
        assertThat(dry.out).contains("repositories 2 2 0 0", "patterns 2 2 0 0", "nothing was stored");
        assertThat(onServer("knowledge", "import", file.toString()).out).contains("lessons 1 1 0 0");
        assertThat(onServer("knowledge", "import", directory.resolve("knowledge.json").toString(), "--json").json()
                .at("/counters/patterns/unchanged").asInt()).isEqualTo(2);
        assertThat(onServer("knowledge", "repositories", "--limit", "500").out).contains("kb/api 2 0 0 1 0 orders");
        assertThat(onServer("knowledge", "patterns", "--repository", "kb/api", "--limit", "1").out)
                .contains("Retry kb/api", "more: howdah knowledge patterns --cursor");
        assertThat(onServer("knowledge", "lessons", "--category", "reliability").out)
                .contains("kb/api reliability warning Set limits");
        assertThat(onServer("knowledge", "issues", "--status", "wrong").code).isEqualTo(Main.INVALID);
        assertThat(onServer("knowledge", "issues").code).isZero();

        var bad = Files.writeString(directory.resolve("bad.json"),
                "{\"repositories\": {\"kb/bad\": {\"patterns\": {\"patterns\": [5.5, {}]}}}}");
        var aside = onServer("knowledge", "import", bad.toString());
        assertThat(aside.code).isEqualTo(Main.FAILED);
        assertThat(aside.out).contains("2 entries were put aside", "/repositories/kb~1bad/patterns/patterns/0");
        assertThat(onServer("knowledge", "import", directory.resolve("absent.json").toString()).code)
                .isEqualTo(Main.INVALID);
        assertThat(onServer("knowledge", "import", Files.writeString(bad, "{oops").toString()).err)
                .contains("line 1, column");
    }

    private Run importing(String json) throws IOException {
        var file = Files.writeString(directory.resolve("wrong.json"), json);
        return onServer("relationships", "import", file.toString());
    }

    private record Run(int code, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    private Run onServer(String... arguments) {
        var all = new java.util.ArrayList<>(java.util.List.of(arguments));
        all.addAll(java.util.List.of("--server", url));
        return run(all.toArray(String[]::new));
    }

    private static Run run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
        return new Run(code, out.toString().replaceAll("\u001B\\[[0-9;]*m", "").replaceAll(" {2,}", " "),
                err.toString());
    }

    /** Settings for a schema of its own. */
    private static Path writeConfig(Path file) throws IOException {
        var settings = TestDatabase.settings();
        return Files.writeString(file, """
            howdah.database:
              url: "%s"
              user: "%s"
              password: "%s"
              schema: "%s"
              pool-max: 10
              pool-min-idle: 0
            """.formatted(settings.url(), settings.user(), settings.password(), settings.schema()));
    }

    @SuppressWarnings("NullAway") // set before the first test
    private static HowdahServer unstarted() {
        return null;
    }
}
