package dev.howdah.knowledge.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestsTest {
    @TempDir
    Path directory;

    @Test
    void resolvesMavenVersionsThroughParentsAndProperties() {
        var found = scan("pom.xml", """
            <project><groupId>a</groupId><artifactId>top</artifactId><version>1</version>
              <properties><jackson.version>3.1</jackson.version><b>${jackson.version}</b></properties>
              <dependencyManagement><dependencies>
                <dependency><groupId>j</groupId><artifactId>databind</artifactId><version>${b}</version></dependency>
              </dependencies></dependencyManagement></project>""", "sub/pom.xml",
                """
                    <project><parent><groupId>a</groupId><artifactId>top</artifactId><version>1</version></parent>
                      <artifactId>sub</artifactId>
                      <dependencies>
                        <dependency><groupId>j</groupId><artifactId>databind</artifactId></dependency>
                        <dependency><groupId>${project.groupId}</groupId><artifactId>other</artifactId><version>${project.version}</version>
                          <scope>test</scope></dependency>
                        <dependency><groupId>x</groupId><artifactId>unknown</artifactId><version>${nowhere}</version></dependency>
                      </dependencies></project>""");
        assertThat(found).contains("maven j:databind 3.1 managed pom.xml", "maven j:databind 3.1 compile sub/pom.xml",
                "maven a:other 1 test sub/pom.xml", "maven x:unknown ${nowhere} compile sub/pom.xml",
                "maven a:top 1 parent sub/pom.xml");
    }

    @Test
    void readsGradleInBothLanguagesWithItsCatalog() {
        var found = scan("gradle/libs.versions.toml", """
            [versions]
            guava = "33.0"
            [libraries]
            google-guava = { module = "com.google.guava:guava", version.ref = "guava" }
            junit = "org.junit:junit:5.1" # comment
            """, "build.gradle", """
            ext.jdbi = '3.4'
            // implementation 'not:this:1'
            dependencies {
                implementation 'org.a:b:1.2'
                testImplementation "org.jdbi:core:${jdbi}"
                api libs.google.guava
                runtimeOnly group: 'g', name: 'n', version: '7'
            }""", "app/build.gradle.kts", """
            plugins { id("org.springframework.boot") version "4.1" }
            dependencies { implementation(platform("p:bom:2")); testImplementation(libs.junit) }""");
        assertThat(found).contains("maven com.google.guava:guava 33.0 catalog gradle/libs.versions.toml",
                "maven org.a:b 1.2 implementation build.gradle",
                "maven org.jdbi:core 3.4 testImplementation build.gradle",
                "maven com.google.guava:guava 33.0 api build.gradle", "maven g:n 7 runtimeOnly build.gradle",
                "maven org.springframework.boot 4.1 plugin app/build.gradle.kts",
                "maven p:bom 2 implementation app/build.gradle.kts",
                "maven org.junit:junit 5.1 testImplementation app/build.gradle.kts");
        assertThat(found).noneMatch(line -> line.contains("not:this"));
    }

    @Test
    void readsPython() {
        var found = scan("requirements.txt",
                "Flask==3.0 # web\nrequests[socks]>=2.1,<3; python_version > '3'\n-r other.txt\n\nnumpy\n",
                "requirements-dev.txt", "pytest~=8.0\n", "pyproject.toml", """
                    [project]
                    name = "shop"
                    version = "0.1"
                    dependencies = [
                      "fastapi>=0.1",  # web
                      'uvicorn[standard]==0.2',
                    ]
                    [project.optional-dependencies]
                    test = ["hypothesis"]
                    [tool.poetry.group.dev.dependencies]
                    ruff = "^0.5"
                    black = { version = "24", extras = ["d"] }
                    """, "setup.cfg", "[metadata]\nname = x\n[options]\ninstall_requires =\n    attrs>=1\n    six\n");
        assertThat(found).contains("pypi Flask 3.0 install requirements.txt",
                "pypi requests >=2.1,<3 install requirements.txt",
                "pypi numpy  install requirements.txt", "pypi pytest ~=8.0 dev requirements-dev.txt",
                "pypi fastapi >=0.1 install pyproject.toml", "pypi uvicorn 0.2 install pyproject.toml",
                "pypi hypothesis  test pyproject.toml", "pypi ruff ^0.5 dev pyproject.toml",
                "pypi black 24 dev pyproject.toml",
                "pypi attrs >=1 install setup.cfg", "pypi six  install setup.cfg");
    }

    @Test
    void readsTheOtherEcosystems() {
        var found = scan("package.json",
                "{\"name\":\"w\",\"dependencies\":{\"react\":\"^19\"},\"devDependencies\":{\"vitest\":\"3\"}}",
                "composer.json", "{\"require\":{\"php\":\">=8\",\"laravel/framework\":\"^11\"}}", "go.mod", """
                    module example.invalid/shop
                    go 1.24
                    require github.com/gin-gonic/gin v1.10.0
                    require (
                        golang.org/x/text v0.3.0 // indirect
                    )
                    """, "Cargo.toml", """
                    [package]
                    name = "shop"
                    [dependencies]
                    serde = { version = "1.0", features = ["derive"] }
                    tokio = "1"
                    [dev-dependencies.proptest]
                    version = "1.4"
                    """, "Gemfile", "gem 'rails', '~> 8.0'\ngroup :test do\n  gem \"rspec\"\nend\n", "Shop.csproj",
                "<Project><ItemGroup><PackageReference Include=\"Dapper\" Version=\"2.1\"/><PackageReference Include=\"NUnit\"/>"
                        + "</ItemGroup></Project>",
                "Directory.Packages.props",
                "<Project><ItemGroup><PackageVersion Include=\"NUnit\" Version=\"4\"/></ItemGroup></Project>");
        assertThat(found).containsExactlyInAnyOrder("npm react ^19 dependencies package.json",
                "npm vitest 3 devDependencies package.json",
                "composer laravel/framework ^11 require composer.json",
                "go github.com/gin-gonic/gin v1.10.0 require go.mod",
                "go golang.org/x/text v0.3.0 indirect go.mod", "cargo serde 1.0 dependencies Cargo.toml",
                "cargo tokio 1 dependencies Cargo.toml", "cargo proptest 1.4 dev-dependencies Cargo.toml",
                "rubygems rails ~> 8.0 default Gemfile", "rubygems rspec  test Gemfile",
                "nuget Dapper 2.1 package Shop.csproj",
                "nuget NUnit 4 package Shop.csproj");
    }

    @Test
    void notesBrokenManifestsAndGoesOn() {
        try (var repository = new ScannedRepository(directory)) {
            var analysis = repository.file("a/package.json", "{\"name\": ").file("b/package.json", "[".repeat(5_000))
                    .file("c/pom.xml", "<project><dependencies>")
                    .file("d/pom.xml", "<!DOCTYPE p [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><project>&x;</project>")
                    .file("e/Cargo.toml", "[dependencies]\nwhat is this\n")
                    .file("f/pyproject.toml", "[project]\ndependencies = [\n")
                    .file("g/go.mod", "nothing\n").file("h/requirements.txt", "a b c\nflask==1\n")
                    .file("i/pom.xml", "<html/>")
                    .file("j/package.json", "{\"dependencies\": [1, null], \"name\": 7}")
                    .file("ok/go.mod", "module m\n").scan();
            assertThat(analysis.warnings()).extracting(Analysis.Warning::path).containsExactly("a/package.json",
                    "b/package.json", "c/pom.xml", "d/pom.xml", "e/Cargo.toml", "f/pyproject.toml", "g/go.mod",
                    "h/requirements.txt", "i/pom.xml");
            assertThat(analysis.warnings())
                    .allSatisfy(warning -> assertThat(warning.reason()).startsWith("broken manifest: "));
            assertThat(analysis.dependencies()).extracting(Analysis.Dependency::name).containsExactly("flask");
            assertThat(analysis.manifests()).extracting(Analysis.Manifest::path).contains("ok/go.mod");
        }
    }

    /** Paths and texts by turns; answers the dependencies as lines. */
    private List<String> scan(String... files) {
        try (var repository = new ScannedRepository(directory)) {
            for (int i = 0; i < files.length; i += 2) {
                repository.file(files[i], files[i + 1]);
            }
            return repository.scan().dependencies().stream().map(each -> String.join(" ", each.ecosystem(), each.name(),
                    each.version(), each.scope(), each.manifest())).toList();
        }
    }
}
