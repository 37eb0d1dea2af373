package dev.howdah.knowledge.scan;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a scan found in a repository at its HEAD. Two scans of one commit with one set of options are equal: all lists are
 * sorted. No text in it holds what looks like a secret.
 *
 * @param head which commit of which repository
 * @param size how much was there and how much was read
 * @param languages with their shares, the largest first
 * @param manifests build files that were understood, by path
 * @param dependencies by ecosystem, name and manifest
 * @param testFrameworks by name
 * @param tests what tests are there
 * @param deployments ways in which it is built, checked and brought into service, by path
 * @param documentation which documents are there
 * @param components parts that are worth reusing, the best ranked first
 * @param securityPractices what it does for security, by name
 * @param suspectedSecrets places of what looks like a committed secret, never its text
 * @param patterns architecture patterns with their evidence, the best shown first
 * @param decisions technical decisions that documents tell, by document and place
 * @param problemDomain what it is for: the first paragraph of its README; empty if there is none
 * @param keywords what its names and documents talk about, the most frequent first
 * @param submodules by path
 * @param warnings what could not be read or was left out, by path
 */
public record Analysis(Head head, Size size, List<Language> languages, List<Manifest> manifests,
        List<Dependency> dependencies, List<TestFramework> testFrameworks, Tests tests, List<Deployment> deployments,
        Documentation documentation, List<Component> components, List<SecurityPractice> securityPractices,
        List<Evidence> suspectedSecrets, List<ArchitecturePattern> patterns, List<Decision> decisions,
        String problemDomain, List<Keyword> keywords, List<Submodule> submodules, List<Warning> warnings) {

    public Analysis {
        languages = List.copyOf(languages);
        manifests = List.copyOf(manifests);
        dependencies = List.copyOf(dependencies);
        testFrameworks = List.copyOf(testFrameworks);
        deployments = List.copyOf(deployments);
        components = List.copyOf(components);
        securityPractices = List.copyOf(securityPractices);
        suspectedSecrets = List.copyOf(suspectedSecrets);
        patterns = List.copyOf(patterns);
        decisions = List.copyOf(decisions);
        keywords = List.copyOf(keywords);
        submodules = List.copyOf(submodules);
        warnings = List.copyOf(warnings);
    }

    /** The programming language with the most bytes; empty if there is no code. */
    public Optional<String> primaryLanguage() {
        return languages.stream().filter(Language::isProgramming).findFirst().map(Language::name);
    }

    /**
     * Where the scan looked.
     *
     * @param repository {@code owner/name} of the remote {@code origin}, else {@code local/<directory>}
     * @param commit the commit's id; empty while there is no commit
     * @param branch the branch that HEAD names, also before its first commit; empty when HEAD is detached
     * @param committedAt the commit's time
     */
    public record Head(String repository, Optional<String> commit, Optional<String> branch,
            Optional<Instant> committedAt) {}

    /**
     * How much is there.
     *
     * @param files files of the tree
     * @param filesRead files whose text was analysed
     * @param bytesRead bytes of those
     * @param skipped files that were not read, by reason
     */
    public record Size(int files, int filesRead, long bytesRead, List<Skipped> skipped) {
        public Size {
            skipped = List.copyOf(skipped);
        }
    }

    /**
     * Files that were left out.
     *
     * @param reason for instance {@code binary} or {@code lock file}
     * @param files how many
     */
    public record Skipped(String reason, int files) {}

    /**
     * A language's share.
     *
     * @param isProgramming whether it is code, and not data, markup or prose
     * @param lines all lines, also empty ones
     */
    public record Language(String name, boolean isProgramming, int files, long bytes, long lines) {}

    /**
     * A build file.
     *
     * @param ecosystem where its dependencies come from: maven, npm, pypi, go, cargo, composer, rubygems or nuget
     * @param name what it says that it builds; empty if it does not say
     * @param version what it says; empty if it does not say
     */
    public record Manifest(String path, String ecosystem, String name, String version) {}

    /**
     * A library that a manifest asks for.
     *
     * @param version as it stands there, properties resolved where the repository has them; empty if it is told elsewhere
     * @param scope what it is needed for, in the manifest's own word, such as compile, test, dev or parent
     * @param manifest the manifest's path
     */
    public record Dependency(String ecosystem, String name, String version, String scope, String manifest) {}

    /**
     * A test framework.
     *
     * @param evidence the manifest or file that shows it
     */
    public record TestFramework(String name, String evidence) {}

    /**
     * What tests are there.
     *
     * @param files files of tests
     * @param cases test methods and functions in them
     * @param coveragePercent 0 to 100, as a committed report or a badge of the README says it
     */
    public record Tests(int files, int cases, Optional<Double> coveragePercent) {}

    /**
     * A way in which the repository is built, checked or brought into service.
     *
     * @param name what it calls itself, else its path
     * @param platform docker, docker-compose, kubernetes, helm, terraform, github-actions, gitlab-ci, jenkins,
     *        cloud-build, systemd or shell
     * @param description its services, resources or first comment
     * @param commands the first commands it runs
     * @param environmentVariables names of variables that it reads or sets, sorted
     * @param triggers what starts it, such as push or schedule
     */
    public record Deployment(String name, String platform, String path, String description, List<String> commands,
            List<String> environmentVariables, List<String> triggers) {
        public Deployment {
            commands = List.copyOf(commands);
            environmentVariables = List.copyOf(environmentVariables);
            triggers = List.copyOf(triggers);
        }
    }

    /**
     * Which documents are there.
     *
     * @param license SPDX's id where the kind is known, {@code other} where it is not; empty if there is no licence file
     * @param readmeSections headings of the README in their order
     */
    public record Documentation(List<Document> documents, String license, List<String> readmeSections) {
        public Documentation {
            documents = List.copyOf(documents);
            readmeSections = List.copyOf(readmeSections);
        }
    }

    /**
     * A document.
     *
     * @param kind readme, license, contributing, changelog, security, code-of-conduct, api, architecture or guide
     */
    public record Document(String kind, String path) {}

    /**
     * A part that is worth reusing.
     *
     * @param type class, interface, record, enum, object, function, struct, trait or module
     * @param signature its declaration
     * @param publicMethods signatures of the first ones
     * @param purpose the first sentence of its doc comment; empty if it has none
     * @param imports what its file imports
     * @param linesOfCode lines with code, without empty ones and comments
     * @param cyclomaticComplexity 1 + the decision points in its text: if, for, while, case, catch, the ternary operator,
     *        {@code &&} and {@code ||}, or what the language has instead of them
     * @param keywords words of its name and purpose
     * @param usedBy other files outside of tests that mention its name
     */
    public record Component(String name, String type, String language, String file, int line, String signature,
            List<String> publicMethods, String purpose, List<String> imports, int linesOfCode,
            int cyclomaticComplexity, List<String> keywords, int usedBy) {
        public Component {
            publicMethods = List.copyOf(publicMethods);
            imports = List.copyOf(imports);
            keywords = List.copyOf(keywords);
        }
    }

    /**
     * A place that shows something.
     *
     * @param line from 1
     * @param detail what is seen there
     */
    public record Evidence(String file, int line, String detail) {
        /** {@code file:line}. */
        public String place() {
            return file + ":" + line;
        }
    }

    /** Something that is done for security. */
    public record SecurityPractice(String name, String description, List<Evidence> evidence) {
        public SecurityPractice {
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * An architecture pattern.
     *
     * @param description what the pattern is, in plain English
     * @param context how this repository does it: its libraries, files and what their comments say
     * @param evidence the most telling places
     * @param files how many files show it
     */
    public record ArchitecturePattern(String name, String description, String context, List<String> keywords,
            List<Evidence> evidence, int files) {
        public ArchitecturePattern {
            keywords = List.copyOf(keywords);
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * A technical decision.
     *
     * @param why the reason; may be empty
     * @param alternatives what was considered beside it; may be empty
     */
    public record Decision(String what, String why, String alternatives, Evidence source) {}

    /** A word with the number of places that have it. */
    public record Keyword(String word, int count) {}

    /**
     * A submodule, which is listed and not read.
     *
     * @param commit the commit it stands at
     */
    public record Submodule(String path, String commit) {}

    /**
     * Something that was left out or could not be understood.
     *
     * @param path the file; empty if it concerns the repository as a whole
     */
    public record Warning(String path, String reason) {}
}
