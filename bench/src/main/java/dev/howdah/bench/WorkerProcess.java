package dev.howdah.bench;

import dev.howdah.postgres.DatabaseSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ours in a JVM of its own, which answers lines of commands as {@code protocol.js} does. */
final class WorkerProcess {
    /** The name under which the benchmark's program runs one. */
    static final String NAME = "worker";
    private static final String URL = "BENCH_URL";
    private static final String USER = "BENCH_USER";
    private static final String PASSWORD = "BENCH_PASSWORD";
    private static final String SCHEMA = "BENCH_SCHEMA";

    private final HowdahPeer peer;
    private final AtomicInteger held = new AtomicInteger();

    private WorkerProcess(HowdahPeer peer) {
        this.peer = peer;
    }

    /** Starts one from the archive that we run from. */
    static LineProcess start(DatabaseSettings settings, String... jvmOptions) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of("-jar", System.getProperty("java.class.path"), NAME));
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(Map.of(URL, settings.url(), USER, settings.user(), PASSWORD, settings.password(),
                SCHEMA, settings.schema()));
        return new LineProcess(builder);
    }

    /** Until stdin ends. */
    static int serve() {
        var environment = System.getenv();
        var settings = DatabaseSettings.of(environment.getOrDefault(URL, ""), environment.getOrDefault(USER, ""),
                environment.getOrDefault(PASSWORD, ""), environment.getOrDefault(SCHEMA, ""));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (var peer = new HowdahPeer(settings);
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            var process = new WorkerProcess(peer);
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                out.println(process.answer(line.split(" ")));
            }
        } catch (IOException e) {
            return 1; // whoever asked is gone
        }
        return 0;
    }

    private JsonNode answer(String[] words) {
        var answer = JsonMapper.shared().createObjectNode();
        switch (words[0]) {
            case "drain" -> answer.put("seconds", peer.drain(Integer.parseInt(words[1])));
            case "listen" -> peer.listen();
            case "begun" -> {
                var nanos = answer.putArray("nanos");
                Arrays.stream(peer.begun()).forEach(nanos::add);
            }
            case "hold" -> hold();
            case "held" -> answer.put("tasks", held.get());
            default -> answer.put("error", "unknown command " + words[0]);
        }
        return answer;
    }

    /** Runs tasks that never end. */
    private void hold() {
        var never = new CountDownLatch(1);
        peer.handle(run -> {
            held.incrementAndGet();
            never.await();
            return run.payload();
        });
    }
}
