package dev.howdah.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.Statement;
import dev.howdah.postgres.StatementType;
import dev.howdah.postgres.TestDatabase;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The rules of the house that modules alone do not hold. */
class HouseRulesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    /** Which modules a module may use: the table of CONTRIBUTING.md. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(entry("postgres", Set.of()),
            entry("queue", Set.of("postgres")), entry("queue-redis", Set.of("queue")),
            entry("object-store", Set.of("postgres")), entry("workflow", Set.of("queue", "object-store")),
            entry("knowledge", Set.of("queue")),
            entry("cache", Set.of("postgres")), entry("cache-jcache", Set.of("cache")),
            entry("sessions", Set.of("postgres")), entry("documents", Set.of("postgres")),
            entry("operations", Set.of("cache", "sessions", "documents", "knowledge", "object-store")),
            entry("knowledge-langchain4j", Set.of("knowledge")), entry("knowledge-inprocess", Set.of("knowledge")),
            entry("knowledge-weaviate", Set.of("knowledge")),
            entry("testing", Set.of("queue")),
            entry("spring", Set.of("queue", "workflow", "cache", "sessions", "documents", "knowledge")),
            entry("agent", Set.of("workflow", "knowledge")),
            entry("agent-grpc", Set.of("agent")),
            entry("server", Set.of("agent", "agent-grpc", "knowledge-weaviate", "queue-redis", "cache", "sessions",
                    "documents", "operations", "console")),
            entry("console", Set.of()), entry("cli", Set.of("server", "queue-redis")),
            entry("bench", Set.of("queue", "queue-redis", "workflow", "knowledge", "knowledge-inprocess", "agent",
                    "cache", "sessions", "documents", "operations", "server")));
    private static final Pattern MODULE_DEPENDENCY = Pattern
            .compile("<artifactId>howdah-([\\w-]+)</artifactId>(?!<type>test-jar)(?!.*<scope>test)");
    private static final Pattern VERSION = Pattern.compile("<version>[^<$]+</version>");
    private static final Pattern SQL = Pattern.compile("(?s)\\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\\b.*");
    private static final Pattern PARAMETER = Pattern.compile("(?<!:):[A-Za-z]\\w*");
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar") && !location.contains("test-classes"))
            .importPackages("dev.howdah");
    /** Not on our class path: a server must not find what configures applications, or what tests are made with. */
    private static final JavaClasses STARTER = new ClassFileImporter()
            .importPaths(ROOT.resolve("spring/target/classes"), ROOT.resolve("testing/target/classes"));
    private static final Set<String> NO_LIBRARIES = Set.of("server", "console", "cli", "bench");

    @Test
    void modulesUseOnlyWhatStandsAboveThem() throws IOException {
        var used = new TreeMap<String, Set<String>>();
        for (var module : MAY_USE.keySet()) {
            used.put(module, MODULE_DEPENDENCY.matcher(Files.readString(ROOT.resolve(module + "/pom.xml"))).results()
                    .map(match -> match.group(1)).filter(name -> !name.equals(module)).collect(Collectors.toSet()));
        }
        used.forEach((module, others) -> assertThat(MAY_USE.get(module)).as(module).containsAll(others));
        assertThat(Files.readString(ROOT.resolve("pom.xml"))).doesNotContain("mockito", "jmock", "easymock");
    }

    @Test
    void theBillOfMaterialsNamesEveryLibrary() throws IOException {
        var bom = Files.readString(ROOT.resolve("bom/pom.xml"));
        var named = MODULE_DEPENDENCY.matcher(bom).results().map(match -> match.group(1))
                .filter(name -> !name.equals("bom")).toList();
        assertThat(named).containsExactlyInAnyOrderElementsOf(
                MAY_USE.keySet().stream().filter(module -> !NO_LIBRARIES.contains(module)).toList());
        assertThat(VERSION.matcher(bom).results().findFirst().orElseThrow().group())
                .isEqualTo(VERSION.matcher(Files.readString(ROOT.resolve("pom.xml"))).results().findFirst()
                        .orElseThrow().group());
    }

    @Test
    void packagesFormNoCircle() {
        slices().matching("dev.howdah.(**)").should().beFreeOfCycles().check(CODE);
        slices().matching("dev.howdah.(**)").should().beFreeOfCycles().check(STARTER);
    }

    @Test
    void onlyTheGroundFloorOpensConnections() {
        noClasses().that().resideOutsideOfPackage("dev.howdah.postgres..").should().dependOnClassesThat()
                .haveNameMatching("java\\.sql\\.DriverManager|javax\\.sql\\.DataSource|com\\.zaxxer\\..*").check(CODE);
        noClasses().should().dependOnClassesThat().haveNameMatching("java\\.sql\\.DriverManager|com\\.zaxxer\\..*")
                .check(STARTER);
    }

    @Test
    void onlyTheServerAndTheStarterKnowSpring() {
        noClasses().that().resideOutsideOfPackage("dev.howdah.server..").should().dependOnClassesThat()
                .resideInAPackage("org.springframework..").check(CODE);
    }

    @Test
    void librariesDoNotPrintOrExit() {
        noClasses().that().resideOutsideOfPackage("dev.howdah.cli..").should().accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err").orShould().callMethod(System.class, "exit", int.class).check(CODE);
    }

    @Test
    void ourErrorsFormOneTree() {
        classes().that().areAssignableTo(RuntimeException.class).should()
                .beAssignableTo(dev.howdah.postgres.HowdahException.class)
                .orShould().haveNameMatching(".*\\.(PermanentFailure|Snooze)").check(CODE); // a handler's words to the queue
    }

    @Test
    void testsDoNotSleepAndAreNotSkipped() throws IOException {
        for (var module : MAY_USE.keySet()) {
            for (var file : files(module, "src/test", ".java")) {
                if (!file.endsWith("HouseRulesTest.java")) {
                    assertThat(Files.readString(file)).as(file.toString()).doesNotContain("Thread.sleep(", "@Disabled",
                            "assumeTrue(", "assumeThat(");
                }
            }
        }
    }

    private static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("postgres", "queue", "knowledge", "server", "workflow", "agent",
                "sessions", "documents", "cache", "operations")).up();
        database.withHandle(
                handle -> handle.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public"));
        return database;
    }

    @Test
    void everyStatementPreparesAndFollowsTheRules() throws Exception {
        var database = migrated();
        var statements = statements();
        assertThat(statements).hasSizeGreaterThan(30);
        statements.forEach(HouseRulesTest::checkRules);
        var broken = new ArrayList<String>();
        database.withHandle(handle -> {
            statements.forEach((name, sql) -> {
                try (var statement = handle.getConnection().prepareStatement(PARAMETER.matcher(sql).replaceAll("?"))) {
                    assertThat(statement.getParameterMetaData()).isNotNull(); // asks the server
                } catch (SQLException e) {
                    broken.add(name + ": " + e.getMessage());
                }
            });
            return broken;
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void theTableOfEveryStatementIsFound() throws Exception {
        var database = migrated();
        var tables = new TreeMap<String, String>();
        statements().forEach((name, sql) -> Statement.of(sql).table().ifPresent(table -> tables.put(name, table)));
        assertThat(tables).hasSizeGreaterThan(300);
        var wrong = database.withHandle(handle -> tables.entrySet().stream().filter(entry -> handle
                .createQuery("SELECT to_regclass(quote_ident(:table)) IS NULL").bind("table", entry.getValue())
                .mapTo(Boolean.class).one()).toList());
        assertThat(wrong).as("statements whose table is none").isEmpty();
        statements().forEach((name, sql) -> assertThat(Statement.of(sql).type()).as(name)
                .isNotEqualTo(StatementType.OTHER));
    }

    @Test
    void migrationsFollowTheRules() throws IOException {
        for (var module : MAY_USE.keySet()) {
            for (var file : files(module, "src/main/resources/db", ".sql")) {
                var sql = Files.readString(file);
                checkRules(file.getFileName().toString(), sql);
                assertThat(sql).as(file.toString()).doesNotContainIgnoringCase("CREATE TRIGGER");
                assertThat(file.resolveSibling(file.getFileName().toString().replace(".up.", ".down."))).exists();
            }
        }
    }

    /** One tenant is one schema, and Citus stays possible. */
    private static void checkRules(String name, String sql) {
        var code = sql.replaceAll("--[^\n]*", "").replaceAll("'[^']*'", "''")
                .replaceAll(":=[^;]*;", ";"); // a variable is passed like a parameter
        assertThat(code).as(name).doesNotContainPattern("(?i)\\bselect\\s+\\*")
                .doesNotContainPattern("(?i)\\b(public|howdah)\\.\\w").doesNotContainPattern("\\btenant_id\\b");
        if (code.matches("(?is).*\\b(update|delete)\\b.*")) {
            assertThat(code).as(name).doesNotContainPattern("(?i)\\b(random|gen_random_uuid|clock_timestamp)\\(");
        }
    }

    private static Map<String, String> statements() throws IllegalAccessException {
        var statements = new TreeMap<String, String>();
        for (var type : CODE) {
            for (var field : fields(type)) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
                    field.setAccessible(true);
                    var text = String.valueOf(field.get(null));
                    if (SQL.matcher(text).matches()) {
                        statements.put(type.getSimpleName() + "." + field.getName(), text);
                    }
                }
            }
        }
        return statements;
    }

    private static List<java.lang.reflect.Field> fields(JavaClass type) {
        return type.getFields().stream().filter(field -> field.getRawType().isEquivalentTo(String.class))
                .map(field -> field.reflect()).toList();
    }

    private static List<Path> files(String module, String folder, String suffix) throws IOException {
        var root = ROOT.resolve(module).resolve(folder);
        if (!Files.exists(root)) {
            return List.of();
        }
        try (var files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }
}
