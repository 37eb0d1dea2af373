package dev.howdah.agent.triage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.agent.source.ChangedFile;
import dev.howdah.agent.triage.Finding.Effect;
import dev.howdah.agent.triage.Finding.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeDetectorTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
        src/app.py        | @app.get("/orders/{id}")                          | ROUTE         | /orders/{id}
        src/app.js        | router.post('/users', handler)                    | ROUTE         | /users
        main.go           | mux.HandleFunc("GET /health", health)             | ROUTE         | /health
        A.java            | @GetMapping("/api/tasks")                         | ROUTE         | /api/tasks
        openapi.yaml      |   /orders/{id}:                                   | ROUTE         | /orders/{id}
        A.java            | public String name(int size) {                    | SYMBOL        | name
        A.java            | public record Order(int id) {                     | SYMBOL        | Order
        lib.py            | def load_order(id):                               | SYMBOL        | load_order
        index.ts          | export async function load(id: string) {          | SYMBOL        | load
        api.go            | func (s *Server) Load(id int) error {             | SYMBOL        | Load
        Dockerfile        | ENV API_TOKEN=x                                   | ENVIRONMENT   | API_TOKEN
        .env.example      | DATABASE_URL=postgres://                          | ENVIRONMENT   | DATABASE_URL
        app.py            | x = os.environ["QUEUE_NAME"]                      | ENVIRONMENT   | QUEUE_NAME
        a.ts              | const x = process.env.QUEUE_NAME                  | ENVIRONMENT   | QUEUE_NAME
        Dockerfile        | EXPOSE 8000                                       | PORT          | 8000
        compose.yaml      |   - "8080:8000"                                   | PORT          | 8000
        k8s/deploy.yaml   |   containerPort: 9090                             | PORT          | 9090
        Dockerfile        | FROM python:3.12                                  | IMAGE         | python
        compose.yaml      |   image: redis:7                                  | IMAGE         | redis
        config/app.yaml   | max_connections: 10                               | CONFIGURATION | max_connections
        app.properties    | queue.size=10                                     | CONFIGURATION | queue.size
        requirements.txt  | fastapi==0.115.0                                  | DEPENDENCY    | fastapi
        package.json      | "react": "^18.2.0",                               | DEPENDENCY    | react
        go.mod            | require example.org/lib v1.2.3                    | DEPENDENCY    | example.org/lib
        """)
    void findsWhatADiffTakesAway(String path, String line, Kind kind, String name) {
        var removed = ChangeDetector.find(List.of(Examples.diff(path, "-" + line)));
        assertThat(removed).anySatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(kind);
            assertThat(finding.effect()).isEqualTo(Effect.REMOVED);
            assertThat(finding.name()).isEqualTo(name);
            assertThat(finding.evidence()).startsWith(path + ":1 ").endsWith(line.strip());
        });
        assertThat(ChangeDetector.find(List.of(Examples.diff(path, "+" + line)))).allSatisfy(finding -> {
            assertThat(finding.effect()).isEqualTo(Effect.ADDED);
            assertThat(finding.isBreaking()).isFalse();
        });
        assertThat(ChangeDetector.find(List.of(Examples.diff(path, " " + line)))).isEmpty();
    }

    @Test
    void tellsAChangedSignatureFromAChangedBody() {
        assertThat(ChangeDetector.find(List.of(Examples.diff("a.py", "-def load(id):", "+def load(id, user):"))))
                .singleElement().satisfies(finding -> assertThat(finding.effect()).isEqualTo(Effect.CHANGED));
        assertThat(ChangeDetector.find(List.of(Examples.diff("A.java", "-public int size() { return 1; }",
                "+public int size() { return 2; }")))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1.2.3,2.0.0,major,true", "1.2.3,1.3.0,minor,false", "1.2.3,1.2.4,patch,false",
            "0.4.1,0.5.0,major,true"})
    void readsSemanticVersions(String from, String to, String step, boolean breaking) {
        assertThat(ChangeDetector.find(List.of(Examples.diff("requirements.txt", "-lib==" + from, "+lib==" + to))))
                .singleElement().satisfies(finding -> {
                    assertThat(finding.detail()).isEqualTo("dependency lib from " + from + " to " + to + ", a " + step
                            + " step");
                    assertThat(finding.isBreaking()).isEqualTo(breaking);
                });
    }

    @Test
    void namesAMavenVersionByItsArtifact() {
        assertThat(ChangeDetector.find(List.of(Examples.diff("pom.xml", "-    <artifactId>lib</artifactId>",
                "-    <version>1.0</version>", "+    <artifactId>lib</artifactId>", "+    <version>2.0</version>"))))
                .singleElement().extracting(Finding::name).isEqualTo("lib");
    }

    @Test
    void leavesTestsAlone() {
        assertThat(ChangeDetector.find(List.of(Examples.diff("tests/test_app.py", "-def load():"),
                Examples.diff("src/FooTest.java", "-public void works() {"), Examples.diff("a.spec.ts",
                        "-export const x = 1"))))
                .isEmpty();
    }

    @Test
    void survivesWhatIsNoDiff() {
        for (var text : List.of("", "@@", "@@ -99999999999 +1 @@\n-x", "\u0000\u0001\u0002", "-".repeat(100_000),
                "--- a\n+++ b\n@@ -1 +1 @@\n-" + "(".repeat(50_000))) {
            assertThat(ChangeDetector.find(List.of(new ChangedFile("app.py", "modified", text)))).isEmpty();
        }
    }
}
