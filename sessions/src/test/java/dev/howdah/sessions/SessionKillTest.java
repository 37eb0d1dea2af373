package dev.howdah.sessions;

import static dev.howdah.sessions.TestSessions.attributes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.IntNode;

/** A process that writes is killed: what it was told is done holds, and what it was not told is whole or not there. */
class SessionKillTest {
    private static final int ROUNDS = 4;

    @TempDir
    Path directory;

    private final TestSessions test = TestSessions.open();

    @Test
    void keepsWhatWasAnsweredWhenAWriterIsKilled() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            int lines = 40 + 7 * round;
            var output = directory.resolve("told-" + round);
            var process = start(output);
            try {
                await().atMost(Duration.ofMinutes(1)).until(() -> lines(output).size() >= lines);
            } finally {
                process.destroyForcibly().waitFor();
            }
            var told = lines(output);
            assertThat(told).hasSizeGreaterThanOrEqualTo(40);
            told.forEach(this::check);
        }
        assertThat(test.value("""
            SELECT count(*) FROM sessions
             WHERE ended_at IS NULL AND attributes -> 'a' IS DISTINCT FROM attributes -> 'b'
            """, Long.class)).as("halves of a change").isZero();
    }

    /** A line: what was done, and the id with which that can be seen. */
    private void check(String line) {
        int space = line.indexOf(' ');
        var id = SessionId.of(line.substring(space + 1));
        switch (line.substring(0, space)) {
            case "created" -> assertThat(test.sessions.find(id)).isPresent();
            case "updated" -> assertThat(test.sessions.get(id).attributes()).containsKeys("a", "b");
            case "rotated", "ended" -> assertThat(test.sessions.find(id)).as(line).isEmpty();
            default -> assertThat(line).isEqualTo("a known line");
        }
    }

    /** Those that were written whole, without what is logged. */
    private static List<String> lines(Path output) throws IOException {
        var text = Files.exists(output) ? Files.readString(output) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1).lines()
                .filter(line -> line.matches("(created|updated|rotated|ended) \\S+")).toList();
    }

    private Process start(Path output) throws Exception {
        var settings = test.database.settings();
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx200m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                SessionKillTest.class.getName(), settings.url(), settings.user(), settings.password(),
                settings.schema())
                .redirectOutput(output.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** Writes until it is killed, and says after each write what was answered. */
    public static void main(String[] args) {
        var settings = DatabaseSettings.of(args[0], args[1], args[2], args[3]).withPool(2, 0);
        var sessions = new Sessions(Database.open(settings), SessionSettings.defaults());
        for (int i = 0;; i++) {
            var first = sessions.create(NewSession.of("ada-" + i)).id();
            tell("created", sessions.create(NewSession.anonymous()).id());
            var kept = sessions.create(NewSession.anonymous().withAttributes(attributes("{'a': -1, 'b': -1}"))).id();
            sessions.update(kept, SessionChange.setting(Map.of("a", IntNode.valueOf(i), "b", IntNode.valueOf(i))));
            tell("updated", kept);
            var next = sessions.rotate(first, Rotation.signIn("bob-" + i));
            tell("rotated", first);
            sessions.delete(next);
            tell("ended", next);
        }
    }

    private static void tell(String what, SessionId id) {
        System.out.println(what + " " + id.text());
        System.out.flush();
    }
}
