package dev.howdah.knowledge.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    /** Made up, and put together here so that no scanner finds them in this file. */
    private static final String AWS = "AKIA" + "Q7Z3M5K9W2X8R4T6";
    private static final String GITHUB = "ghp_" + "a8Fk2LmQ9xR4vT7wYz1bC3dE5gH6jK0nP2sU";
    private static final String PASSWORD = "q8Zx!v92" + "Lm04kTr";
    private static final String KEY_BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7".repeat(3);

    @TempDir
    Path directory;

    @Test
    void reportsPlacesAndNeverTexts() {
        try (var repository = new ScannedRepository(directory)) {
            var analysis = repository
                    .file("README.md",
                            "# Shop\n\nSells things; the password = " + PASSWORD + " opens the door to it.\n")
                    .file("src/client.py", "\"\"\"Talks with token " + GITHUB + " to others.\"\"\"\n"
                            + "API_KEY = \"" + PASSWORD + "\"\n\ndef call(token=\"" + PASSWORD + "\"):\n"
                            + "    \"\"\"Calls with " + AWS + ".\"\"\"\n" + "    x = 1\n".repeat(10))
                    .file("deploy.sh", "#!/bin/sh\n# uses " + AWS + "\nexport DB_PASSWORD=" + PASSWORD
                            + "\ncurl -H 'Authorization: Bearer " + GITHUB + "' https://x\ncli --password " + PASSWORD
                            + "\n")
                    .file("package.json", "{\"name\": \"a\", \"dependencies\": {\"b\": \"git+https://me:" + PASSWORD
                            + "@git.invalid/b.git\"}}")
                    .file("docker-compose.yml",
                            "services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: "
                                    + PASSWORD + "\n      URL: postgres://me:" + PASSWORD + "@db/x\n")
                    .file("docs/adr/0001-x.md",
                            "# 1. Use it\n\n## Decision\n\nThe secret: " + PASSWORD + " is shared.\n")
                    .file("id.pem",
                            "-----BEGIN RSA " + "PRIVATE KEY-----\n" + KEY_BODY + "\n-----END RSA "
                                    + "PRIVATE KEY-----\n")
                    .scan();
            assertThat(analysis.toString()).doesNotContain(AWS, GITHUB, PASSWORD, KEY_BODY.substring(0, 40));
            assertThat(analysis.suspectedSecrets()).extracting(place -> place.place() + " " + place.detail()).contains(
                    "src/client.py:1 GitHub token", "src/client.py:2 value of a credential",
                    "src/client.py:5 AWS access key",
                    "deploy.sh:2 AWS access key", "id.pem:1 private key", "package.json:1 password in a URL");
            assertThat(analysis.deployments()).extracting(Analysis.Deployment::platform).contains("shell",
                    "docker-compose");
        }
    }

    @Test
    void doesNotReportPlaceholdersWordsAndReferences() {
        for (var line : List.of("password: changeme-please-1", "password = \"${DB_PASSWORD}\"", "token = nextToken()",
                "secret = \"your-secret-here-123\"", "api_key: <insert your key 1>", "AWS_KEY=AKIAIOSFODNN7EXAMPLE")) {
            assertThat(Secrets.redact("config.yml", line).places()).as(line).isEmpty();
        }
    }

    @Test
    void strikesOutValuesWithAnyCharacters() {
        for (var line : List.of("PASSWORD=ab#cd$ef;12", "password: \"it's-9-secret\"", "db.password=p(a)s[s],1 ",
                "Authorization: Basic dXNlcjpwYXNzd29yZA==")) {
            assertThat(Secrets.redact("app.properties", line).text()).as(line).contains(Secrets.STRUCK)
                    .doesNotContain("cd$", "9-secret", "s[s]", "dXNl");
        }
    }

    @Test
    void leavesProseAloneThatOnlyTalksOfSecrets() {
        var text = "Tokens: compared in constant time. The secret: simplicity. Basic authentication.";
        assertThat(Secrets.redact("README.md", text).text()).isEqualTo(text);
    }

    @Test
    void keepsTheNumbersOfLines() {
        var text = "a\n-----BEGIN " + "PRIVATE KEY-----\n" + KEY_BODY + "\n" + KEY_BODY + "\n-----END x\ntoken: \""
                + GITHUB + "\"\n";
        var redacted = Secrets.redact("a.txt", text);
        assertThat(redacted.text().lines().count()).isEqualTo(text.lines().count());
        assertThat(redacted.places()).extracting(Secrets.Place::line).containsExactly(2, 6);
    }
}
