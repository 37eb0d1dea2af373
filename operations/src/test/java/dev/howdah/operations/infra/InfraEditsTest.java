package dev.howdah.operations.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfraEditsTest {
    private static final String COMPOSE = """
        services:
          web:
            image: shop
            depends_on:
              - redis
              - db   # stays
            environment:
              PORT: "80"

          redis:
            image: redis:7
            volumes:
              - data:/data

          # the database
          db:
            image: postgres:17
          worker:
            image: shop
            depends_on:
              redis:
                condition: service_healthy
        volumes:
          data: {}
        """;

    @TempDir
    Path temporary;
    private Path directory = Path.of("");
    private Tree tree = new Tree(directory);

    @BeforeEach
    void makeTree() throws Exception {
        directory = Files.createDirectory(temporary.resolve("shop")).toRealPath();
        tree = new Tree(directory);
    }

    private InfraEdits.Plan plan() {
        return new InfraEdits(tree.scan()).plan();
    }

    private Optional<Path> apply() {
        var edits = new InfraEdits(tree.scan());
        return edits.apply(edits.plan());
    }

    @Test
    void putsVariablesBehindAMarkAndFindsNothingToDoTheSecondTime() throws Exception {
        var env = directory.resolve(".env");
        Files.write(env, "# cache\r\nREDIS_URL=redis://h\r\nNAME=M\u00fcller\r\nexport MONGO_URL=x".getBytes(
                StandardCharsets.ISO_8859_1));
        Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-------"));
        var before = Files.readAllBytes(env);
        var backup = apply().orElseThrow();
        assertThat(Files.readString(env, StandardCharsets.ISO_8859_1)).isEqualTo(
                "# cache\r\n# howdah-infra: REDIS_URL=redis://h\r\nNAME=M\u00fcller\r\n# howdah-infra: export MONGO_URL=x");
        assertThat(Files.getPosixFilePermissions(env)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readAllBytes(backup.resolve("files/.env"))).isEqualTo(before);
        assertThat(Files.getPosixFilePermissions(directory.resolve(".howdah-infra")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.readString(directory.resolve(".howdah-infra/.gitignore"))).isEqualTo("*\n");
        assertThat(tree.findings()).isEmpty();
        assertThat(apply()).isEmpty();

        assertThat(new InfraBackups(directory).undo(Optional.empty())).containsExactly(".env");
        assertThat(Files.readAllBytes(env)).isEqualTo(before);
        assertThatThrownBy(() -> new InfraBackups(directory).undo(Optional.empty()))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void takesAServiceOutWithWhatDependsOnIt() {
        tree.with("docker-compose.yml", COMPOSE);
        assertThat(apply()).isPresent();
        assertThat(tree.text("docker-compose.yml")).isEqualTo("""
            services:
              web:
                image: shop
                depends_on:
            # howdah-infra:       - redis
                  - db   # stays
                environment:
                  PORT: "80"

            # howdah-infra:   redis:
            # howdah-infra:     image: redis:7
            # howdah-infra:     volumes:
            # howdah-infra:       - data:/data

              # the database
              db:
                image: postgres:17
              worker:
                image: shop
            # howdah-infra:     depends_on:
            # howdah-infra:       redis:
            # howdah-infra:         condition: service_healthy
            volumes:
              data: {}
            """);
        assertThat(tree.findings()).isEmpty();
    }

    @Test
    void leavesAComposeFileThatCannotBeEditedForCertain() {
        var inline = COMPOSE.replace("    depends_on:\n      - redis\n      - db   # stays\n",
                "    depends_on: [redis, db]\n");
        var linked = COMPOSE.replace("    environment:\n", "    links: [\"redis:cache\"]\n    environment:\n");
        var anchored = COMPOSE.replace("redis:\n    image", "redis: &cache\n    image") + "x-other: *cache\n";
        for (var text : new String[]{inline, linked, anchored, "services:\n  redis:\n    image: redis\n",
                "services:\n  redis: {image: redis}\n  a: {image: b}\n",
                "services:\n\tredis:\n\t\timage: redis\n"}) {
            tree.with("compose.yaml", text);
            var plan = plan();
            assertThat(plan.edits()).as(text).isEmpty();
            apply();
            assertThat(tree.text("compose.yaml")).isEqualTo(text);
        }
        assertThat(plan().left()).isNotNull();
    }

    @Test
    void takesDependenciesOutOnlyOnceNoCodeImportsThem() {
        tree.with("requirements.txt", "flask\nredis>=5\npymongo\n").with("app.py", "import pymongo\n")
                .with("package.json", """
                    {
                      "name": "shop",
                      "dependencies": {
                        "express": "^4",
                        "ioredis": "^5.4.0"
                      },
                      "devDependencies": {
                        "@types/ioredis": "^5",
                        "vite": "^7"
                      }
                    }
                    """)
                .with("Gemfile", "gem 'rails'\ngem 'redis'\n")
                .with("go.mod", "require github.com/redis/go-redis/v9 v9.1.0\n");
        var plan = plan();
        assertThat(plan.left()).anyMatch(line -> line.equals("requirements.txt: pymongo is still imported by code"))
                .anyMatch(line -> line.startsWith("go.mod")).anyMatch(line -> line.startsWith("app.py"));
        new InfraEdits(tree.scan()).apply(plan);
        assertThat(tree.text("requirements.txt")).isEqualTo("flask\n# howdah-infra: redis>=5\npymongo\n");
        assertThat(tree.text("Gemfile")).isEqualTo("gem 'rails'\n# howdah-infra: gem 'redis'\n");
        assertThat(tree.text("package.json")).isEqualTo("""
            {
              "name": "shop",
              "dependencies": {
                "express": "^4"
              },
              "devDependencies": {
                "vite": "^7"
              }
            }
            """);
        assertThat(tree.text("app.py")).isEqualTo("import pymongo\n");
        assertThat(plan().edits()).isEmpty();
    }

    @Test
    void leavesAPackageJsonWhoseLinesSayMoreThanOneThing() {
        tree.with("package.json", "{\"dependencies\": {\"redis\": \"^4\", \"x\": \"1\"}}\n");
        assertThat(plan().edits()).isEmpty();
        assertThat(plan().left()).singleElement().asString().contains("redis");
        tree.with("package.json", "{\n\"name\": \"x\",\n\"scripts\": {\n\"redis\": \"run\"\n}\n}\n");
        assertThat(plan().edits()).as("a script of that name is no dependency").isEmpty();
    }

    @Test
    void neverTouchesCodeAndWhatIsNotReplaced() {
        tree.with("a.py", "import redis\n").with(".env", "AWS_REGION=eu\nKAFKA_URL=x\nGOOGLE_CLOUD_PROJECT=p\n")
                .with("main.tf", "resource \"aws_elasticache_cluster\" \"c\" {}\n");
        assertThat(plan().edits()).isEmpty();
        assertThat(apply()).isEmpty();
        assertThat(directory.resolve(".howdah-infra")).doesNotExist();
    }

    @Test
    void undoesARunThatWasKilledInTheMiddleAndRefusesWhatChangedSince() throws Exception {
        tree.with("a.env", "REDIS_URL=1\n").with("b.env", "REDIS_URL=2\n");
        apply();
        tree.with("b.env", "REDIS_URL=2\n"); // as if the run had ended before its second file
        assertThat(new InfraBackups(directory).undo(Optional.empty())).containsExactly("a.env");
        assertThat(tree.text("a.env")).isEqualTo("REDIS_URL=1\n");

        apply();
        tree.with("a.env", "REDIS_URL=other\n");
        assertThatThrownBy(() -> new InfraBackups(directory).undo(Optional.empty()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("a.env changed since");
        assertThat(tree.text("b.env")).as("all or none").isEqualTo("# howdah-infra: REDIS_URL=2\n");
        assertThatThrownBy(() -> new InfraBackups(directory).undo(Optional.of("../x")))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void putsNothingBackOutsideTheCodeBase() throws Exception {
        tree.with("a.env", "REDIS_URL=1\n");
        var backup = apply().orElseThrow();
        var list = backup.resolve("backup.json");
        Files.writeString(list, Files.readString(list).replace("a.env", "../outside.env"));
        assertThatThrownBy(() -> new InfraBackups(directory).undo(Optional.empty()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("not below");
        Files.writeString(list, "{");
        assertThatThrownBy(() -> new InfraBackups(directory).undo(Optional.empty()))
                .isInstanceOf(InvalidInputException.class);
    }
}
