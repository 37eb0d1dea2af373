package dev.howdah.knowledge.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.knowledge.scan.Analysis.ArchitecturePattern;
import dev.howdah.knowledge.scan.Analysis.Component;
import dev.howdah.knowledge.scan.Analysis.Decision;
import dev.howdah.knowledge.scan.Analysis.Deployment;
import dev.howdah.knowledge.scan.Analysis.SecurityPractice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingsTest {
    private static final String BODY = """
            if (a && b) {
                for (;;) { }
            }
            x();
            y();
            z();
            v();
        """;
    @TempDir
    Path directory;

    @Test
    void findsComponentsOfSixLanguages() {
        try (var repository = new ScannedRepository(directory)) {
            var analysis = repository.file("src/Ledger.java", """
                package a;
                import java.util.List;
                /**
                 * Keeps {@link Account accounts} in balance. More words.
                 *
                 * @author nobody
                 */
                @Deprecated
                public final class Ledger implements AutoCloseable {
                    private int hidden() { return 1; }
                    /** Books. */
                    public void book(String from,
                            List<String> to) {
                %s    }
                    @Override
                    public void close() {}
                }
                class Hidden {
                %s}
                """.formatted(BODY, BODY))
                    .file("src/Other.java", "package a;\npublic class Other {\n    Ledger one;\n}\n")
                    .file("Price.kt",
                            "package a\n\n/** Computes prices. */\ndata class Price(val cents: Long) {\n    fun plus(other: Price): Price {\n"
                                    + BODY + "    }\n}\nprivate fun secretOne() {\n" + BODY + "}\n")
                    .file("tax.py", "\"\"\"Taxes of all kinds.\"\"\"\nimport os\n\ndef _private():\n"
                            + "    x = 1\n".repeat(9)
                            + "\ndef rate(country, *,\n         year: int = 1):\n    \"\"\"The rate of a country. Else 0.\"\"\"\n    if country and year:\n"
                            + "        pass\n" + "    x = 1\n".repeat(7)
                            + "\nclass Table:\n    \"\"\"A table of rates.\"\"\"\n\n    def find(self, x):\n"
                            + "        return x\n" + "    y = 2\n".repeat(8))
                    .file("cart.ts",
                            "import { a } from './a';\n\n/** Holds what is bought. */\nexport class Cart {\n  add(item: Item): void {\n"
                                    + BODY
                                    + "  }\n}\n\n// Sums up.\nexport const total = async (cart: Cart): Promise<number> => {\n"
                                    + BODY + "};\nconst hidden = 1;\n")
                    .file("store.go",
                            "package store\n\nimport (\n\t\"fmt\"\n)\n\n// Store keeps things. It is safe.\ntype Store struct {\n\tname string\n}\n\n"
                                    + "// Get finds.\nfunc (s *Store) Get(key string) (string, error) {\n" + BODY
                                    + "}\n\nfunc hidden() {\n" + BODY + "}\n")
                    .file("queue.rs",
                            "use std::fmt;\n\n/// A queue of bytes.\n#[derive(Debug)]\npub struct Queue<'a> {\n    a: &'a str,\n}\n\nimpl<'a> Queue<'a> {\n"
                                    + "    pub fn push(&mut self, b: u8) {\n" + BODY + "    }\n}\n")
                    .file("src/test/java/a/LedgerTest.java", "public class LedgerTest {\n" + BODY + BODY + "}\n")
                    .scan();
            assertThat(analysis.components()).extracting(Component::name).containsExactlyInAnyOrder("Ledger", "Price",
                    "rate", "Table", "Cart", "total", "Store", "Queue");
            var ledger = component(analysis, "Ledger");
            assertThat(ledger.purpose()).isEqualTo("Keeps Account accounts in balance.");
            assertThat(ledger.publicMethods()).containsExactly("public void book(String from, List<String> to)",
                    "public void close()");
            assertThat(ledger.cyclomaticComplexity()).isEqualTo(4);
            assertThat(ledger.imports()).containsExactly("java.util.List");
            assertThat(ledger.usedBy()).isOne();
            assertThat(ledger.line()).isEqualTo(8);
            assertThat(ledger.keywords()).contains("ledger", "balance");
            assertThat(component(analysis, "rate").purpose()).isEqualTo("The rate of a country.");
            assertThat(component(analysis, "rate").cyclomaticComplexity()).isEqualTo(3);
            assertThat(component(analysis, "Table").publicMethods()).containsExactly("def find(self, x)");
            assertThat(component(analysis, "Cart").publicMethods()).containsExactly("add(item: Item)");
            assertThat(component(analysis, "total").purpose()).isEqualTo("Sums up.");
            assertThat(component(analysis, "Store").publicMethods()).containsExactly("Get(key string) (string, error)");
            assertThat(component(analysis, "Store").cyclomaticComplexity()).isEqualTo(4);
            assertThat(component(analysis, "Queue").publicMethods()).containsExactly("pub fn push(&mut self, b: u8)");
            assertThat(component(analysis, "Queue").purpose()).isEqualTo("A queue of bytes.");
            assertThat(component(analysis, "Price").publicMethods()).containsExactly("fun plus(other: Price)");
        }
    }

    @Test
    void findsPatternsInCodeAndNotInCommentsOrTests() {
        try (var repository = new ScannedRepository(directory)) {
            var analysis = repository.file("requirements.txt", "fastapi==0.1\ncelery==5\n")
                    .file("src/PaymentOutbox.java", """
                        package a;

                        /** Sends payments after the commit. */
                        public class PaymentOutbox {
                            String SQL = "SELECT id FROM t FOR UPDATE SKIP LOCKED";
                        }
                        """)
                    .file("src/A.java",
                            "// a CircuitBreaker would be nice\npublic class A {\n    String s = \"RateLimiter\";\n}\n")
                    .file("src/test/java/SagaTest.java", "class SagaTest { CircuitBreaker b; }\n")
                    .file("db/migrations/V1__init.up.sql",
                            "-- CREATE TABLE cache (a int)\nCREATE TABLE orders (id int);\n")
                    .file("main.tf", "resource \"google_cloud_run_service\" \"shop\" {}\n")
                    .file("pom.xml",
                            "<project><artifactId>a</artifactId>\n<modules>\n<module>b</module></modules></project>")
                    .scan();
            var names = analysis.patterns().stream().map(ArchitecturePattern::name).toList();
            assertThat(names).contains("REST API", "Background task queue", "Transactional outbox",
                    "Claiming rows with SKIP LOCKED",
                    "Database migrations", "Infrastructure as code", "Multi-module build", "Relational database")
                    .doesNotContain("Circuit breaker", "Rate limiting", "Caching", "Workflow engine or saga");
            var outbox = analysis.patterns().stream().filter(it -> it.name().equals("Transactional outbox")).findFirst()
                    .orElseThrow();
            assertThat(outbox.context()).contains("src/PaymentOutbox.java:4", "Sends payments after the commit.");
            assertThat(analysis.patterns()).allSatisfy(it -> {
                assertThat(it.description()).endsWith(".");
                assertThat(it.evidence()).isNotEmpty();
                assertThat(it.context()).isNotEmpty();
            });
        }
    }

    @Test
    void findsHowItIsBroughtIntoService() {
        try (var repository = new ScannedRepository(directory)) {
            var found = repository
                    .file("Dockerfile",
                            "FROM eclipse-temurin:25\nENV PORT=8080\nRUN ./build.sh\nUSER app\nCMD [\"run\"]\n")
                    .file("docker-compose.yml",
                            "services:\n  web:\n    image: shop\n    environment:\n      - DB_URL=x\n  db:\n    image: postgres:17\nvolumes:\n  data:\n")
                    .file(".github/workflows/ci.yml", """
                        name: Checks
                        on:
                          push:
                            branches: [main]
                          pull_request:
                        jobs:
                          a:
                            steps:
                              - run: make test
                              - name: x
                                run: |
                                  make one
                                  make two
                                env:
                                  KEY: ${{ secrets.DEPLOY_KEY }}
                        """)
                    .file(".gitlab-ci.yml", "test:\n  script:\n    - make gitlab\n  only:\n    - main\n")
                    .file("Jenkinsfile", "pipeline { triggers { cron('H') }\n stages {\n  sh 'make jenkins'\n } }\n")
                    .file("k8s/web.yaml",
                            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  containers:\n    - image: shop:1\n      env:\n        - name: REDIS_URL\n")
                    .file("chart/Chart.yaml", "apiVersion: v2\nname: shop\ndescription: The shop.\n")
                    .file("infra/main.tf", "variable \"region\" {}\nresource \"google_sql_database\" \"db\" {}\n")
                    .file("shop.service",
                            "[Unit]\nDescription=The shop\n[Service]\nEnvironment=MODE=prod\nExecStart=/opt/shop\n[Install]\nWantedBy=multi-user.target\n")
                    .file("deploy.sh",
                            "#!/bin/sh\nset -e\n# Ships it.\nkubectl apply -f k8s --namespace \"$NAMESPACE\"\n")
                    .file("cloudbuild.yaml", "steps:\n  - name: gcr/builder\n    args: ['build']\n")
                    .file("plain.yaml", "a: 1\n").scan()
                    .deployments();
            assertThat(found).extracting(Deployment::platform).containsExactlyInAnyOrder("docker", "docker-compose",
                    "github-actions", "gitlab-ci", "jenkins",
                    "kubernetes", "helm", "terraform", "systemd", "shell", "cloud-build");
            assertThat(on(found, "docker").commands()).contains("RUN ./build.sh", "CMD [\"run\"]");
            assertThat(on(found, "docker").environmentVariables()).contains("PORT");
            assertThat(on(found, "docker-compose").description()).isEqualTo("Services: web, db");
            assertThat(on(found, "github-actions").name()).isEqualTo("Checks");
            assertThat(on(found, "github-actions").triggers()).containsExactly("push", "pull_request");
            assertThat(on(found, "github-actions").commands()).containsExactly("make test", "make one", "make two");
            assertThat(on(found, "github-actions").environmentVariables()).contains("DEPLOY_KEY");
            assertThat(on(found, "gitlab-ci").commands()).containsExactly("make gitlab");
            assertThat(on(found, "jenkins").triggers()).containsExactly("cron");
            assertThat(on(found, "kubernetes").environmentVariables()).contains("REDIS_URL");
            assertThat(on(found, "kubernetes").name()).isEqualTo("web");
            assertThat(on(found, "terraform").description()).contains("google_sql_database.db");
            assertThat(on(found, "systemd").triggers()).containsExactly("WantedBy=multi-user.target");
            assertThat(on(found, "shell").environmentVariables()).containsExactly("NAMESPACE");
        }
    }

    @Test
    void readsDecisionsFromRecordsListsAndRejections() {
        try (var repository = new ScannedRepository(directory)) {
            var decisions = repository.file("docs/adr/0001-use-postgresql.md", """
                # 1. Use PostgreSQL
                ## Context
                Four servers are too many.
                ## Decision
                We keep all in PostgreSQL. It is enough.
                ## Alternatives
                MongoDB.
                """).file("docs/decisions.md",
                    "# Decisions\n\n- **No cache.** Reads are fast\n  enough.\n- **One schema**, because it is simple.\n")
                    .file("README.md",
                            "# Shop\n\nSells things to people.\n\n## Usage\n\nRun it.\n\n## Rejected\n\nRabbitMQ (one more server), "
                                    + "two queues; three queues (see\nabove (really)).\n\n### Why not Kafka\n\n- **Kafka**: too big.\n\n## Other\n\n- **Not this.** No.\n")
                    .scan().decisions();
            assertThat(decisions).extracting(Decision::what).containsExactly("Rejected: RabbitMQ",
                    "Rejected: two queues",
                    "Rejected: three queues", "Rejected: Kafka", "Use PostgreSQL: We keep all in PostgreSQL.",
                    "No cache", "One schema");
            assertThat(decisions.getFirst().why()).isEqualTo("one more server");
            assertThat(decisions.get(2).why()).isEqualTo("see above (really)");
            assertThat(decisions.get(4).alternatives()).isEqualTo("MongoDB.");
            assertThat(decisions.get(5).why()).isEqualTo("Reads are fast enough.");
            assertThat(decisions.get(5).source().place()).isEqualTo("docs/decisions.md:3");
            assertThat(decisions.get(6).why()).isEqualTo("because it is simple.");
        }
    }

    @Test
    void readsDocumentsTestsAndSecurity() {
        try (var repository = new ScannedRepository(directory)) {
            var analysis = repository.file("README.md", """
                # Shop

                ![build](x.svg)
                ![coverage](https://x/coverage-87.5%25-green.svg)

                A *small* shop for [everyone](x) on one server.

                ## Install

                ```
                ## not this
                ```

                ## Usage
                """)
                    .file("LICENSE", "MIT License\n\nPermission is hereby granted, free of charge, to any person\n")
                    .file("CONTRIBUTING.md", "x").file("docs/architecture.md", "x")
                    .file("api/openapi.yaml", "openapi: 3.1.0\n")
                    .file(".gitignore", ".env\n").file(".github/dependabot.yml", "version: 2\n")
                    .file("package.json",
                            "{\"devDependencies\":{\"jest\":\"30\"},\"dependencies\":{\"helmet\":\"8\",\"bcrypt\":\"6\"}}")
                    .file("a.test.js", "test('one', () => {});\nit('two', () => {});\n")
                    .file("src/test/java/ATest.java", "class ATest {\n    @Test\n    void a() {}\n    // @Test\n}\n")
                    .scan();
            assertThat(analysis.documentation().license()).isEqualTo("MIT");
            assertThat(analysis.documentation().readmeSections()).containsExactly("Install", "Usage");
            assertThat(analysis.documentation().documents()).extracting(Analysis.Document::kind).contains("readme",
                    "license",
                    "contributing", "architecture", "api");
            assertThat(analysis.problemDomain()).isEqualTo("A small shop for everyone on one server.");
            assertThat(analysis.tests()).isEqualTo(new Analysis.Tests(2, 3, Optional.of(87.5)));
            assertThat(analysis.testFrameworks()).extracting(Analysis.TestFramework::name).containsExactly("Jest");
            assertThat(analysis.securityPractices()).extracting(SecurityPractice::name).contains("Password hashing",
                    "Content security policy and security headers", "Dependency scanning",
                    "Settings files with secrets are ignored by Git");
        }
    }

    private static Component component(Analysis analysis, String name) {
        return analysis.components().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    private static Deployment on(List<Deployment> found, String platform) {
        return found.stream().filter(each -> each.platform().equals(platform)).findFirst().orElseThrow();
    }
}
