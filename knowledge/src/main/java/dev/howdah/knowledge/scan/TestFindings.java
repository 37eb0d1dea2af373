package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Dependency;
import dev.howdah.knowledge.scan.Analysis.TestFramework;
import dev.howdah.knowledge.scan.Analysis.Tests;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Counts tests and tells which frameworks run them and what coverage they are said to have. */
final class TestFindings {
    /** Frameworks by what the name of their dependency has. */
    private static final Map<String, Pattern> BY_DEPENDENCY = byDependency();
    private static final Pattern CASE = Pattern
            .compile("(?m)^\\s*(?:@(?:Test|ParameterizedTest|RepeatedTest|Property|TestFactory)\\b"
                    + "|(?:async\\s+)?def\\s+test\\w*\\s*\\(|func\\s+Test\\w*\\s*\\(|#\\[(?:\\w+::)?test\\b"
                    + "|(?:it|test)(?:\\.\\w+)?\\s*\\(|\\[(?:Fact|Theory|Test|TestMethod)\\b|(?:it|scenario)\\s+[\"']|public\\s+function\\s+test\\w*\\s*\\()");
    private static final Pattern BADGE = Pattern
            .compile("(?i)coverage[-:/ _]{1,3}(\\d{1,3}(?:\\.\\d{1,2})?)\\s?(?:%25|%)");
    private static final Pattern COBERTURA = Pattern
            .compile("<coverage\\b[^>]{0,500}\\bline-rate=\"(0?\\.\\d+|[01](?:\\.0+)?)\"");
    private static final Pattern JACOCO = Pattern
            .compile(
                    "<counter type=\"LINE\" missed=\"(\\d{1,9})\" covered=\"(\\d{1,9})\"/>\\s*(?:<counter[^>]*/>\\s*){0,10}</report>");
    private static final Pattern SUMMARY = Pattern
            .compile("\"total\"\\s*:\\s*\\{\\s*\"lines\"\\s*:\\s*\\{[^}]{0,200}\"pct\"\\s*:\\s*(\\d{1,3}(?:\\.\\d+)?)");

    private final Map<String, String> frameworks = new TreeMap<>();
    private int files;
    private int cases;
    private Optional<Double> coverage = Optional.empty();

    private static Map<String, Pattern> byDependency() {
        var map = new LinkedHashMap<String, Pattern>();
        for (var entry : List.of("JUnit=junit", "TestNG=testng", "AssertJ=assertj", "Mockito=mockito",
                "Spock=spockframework",
                "ArchUnit=archunit", "Awaitility=awaitility", "Testcontainers=testcontainers", "jqwik=jqwik",
                "Kotest=kotest", "pytest=^pytest",
                "Hypothesis=^hypothesis$", "Jest=^jest$", "Vitest=^vitest$", "Mocha=^mocha$", "Cypress=^cypress$",
                "Playwright=playwright", "Testing Library=@testing-library/", "Jasmine=^jasmine",
                "testify=stretchr/testify",
                "Ginkgo=onsi/ginkgo", "RSpec=^rspec", "Minitest=^minitest$", "PHPUnit=phpunit/phpunit",
                "Pest=pestphp/pest",
                "xUnit.net=^xunit", "NUnit=^nunit", "MSTest=^mstest", "proptest=^proptest$", "Selenium=selenium",
                "Cucumber=cucumber", "WireMock=wiremock", "JMH=jmh-core")) {
            int equal = entry.indexOf('=');
            map.put(entry.substring(0, equal), Pattern.compile("(?i)" + entry.substring(equal + 1)));
        }
        return map;
    }

    void read(SourceFile file) {
        if (file.isTest() && file.isCode()) {
            files++;
            cases += (int) CASE.matcher(file.code().withStrings()).results().count();
        }
        if (file.isIn(FileLanguage.RUST) && file.text().contains("#[test]")) {
            cases += file.isTest() ? 0 : (int) CASE.matcher(file.code().withStrings()).results().count();
            frameworks.putIfAbsent("Rust's own tests", file.path());
        }
        if (file.isIn(FileLanguage.GO) && file.name().endsWith("_test.go")) {
            frameworks.putIfAbsent("Go's own tests", file.path());
        }
        if (file.isIn(FileLanguage.PYTHON) && file.isTest() && file.text().contains("import unittest")) {
            frameworks.putIfAbsent("unittest", file.path());
        }
        if (file.isTest() && file.text().contains("node:test")) {
            frameworks.putIfAbsent("Node's own tests", file.path());
        }
        if (coverage.isEmpty()) {
            coverage = coverage(file);
        }
    }

    private static Optional<Double> coverage(SourceFile file) {
        if (file.path().equalsIgnoreCase("README.md") || file.path().equalsIgnoreCase("README.rst")) {
            return percent(BADGE, file.text(), 1);
        }
        if (file.name().equals("coverage-summary.json")) {
            return percent(SUMMARY, file.text(), 1);
        }
        if (file.name().matches("(?:coverage|cobertura[\\w-]*)\\.xml")) {
            return percent(COBERTURA, file.text(), 100);
        }
        if (file.name().matches("jacoco[\\w-]*\\.xml")) {
            var matcher = JACOCO.matcher(file.text());
            if (matcher.find()) {
                double missed = Double.parseDouble(matcher.group(1));
                double covered = Double.parseDouble(matcher.group(2));
                return missed + covered == 0 ? Optional.empty() : Optional.of(100 * covered / (missed + covered));
            }
        }
        return Optional.empty();
    }

    private static Optional<Double> percent(Pattern pattern, String text, int factor) {
        var matcher = pattern.matcher(text);
        return matcher.find()
                ? Optional.of(Double.parseDouble(matcher.group(1)) * factor)
                        .filter(percent -> percent <= 100)
                : Optional.empty();
    }

    List<TestFramework> frameworks(List<Dependency> dependencies) {
        for (var dependency : dependencies) {
            BY_DEPENDENCY.forEach((name, pattern) -> {
                if (pattern.matcher(dependency.name()).find()) {
                    frameworks.putIfAbsent(name, dependency.manifest());
                }
            });
        }
        return frameworks.entrySet().stream().map(entry -> new TestFramework(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(TestFramework::name)).toList();
    }

    Tests tests() {
        return new Tests(files, cases, coverage);
    }
}
