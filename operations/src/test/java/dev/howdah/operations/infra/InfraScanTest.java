package dev.howdah.operations.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.operations.infra.Technology.Level;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class InfraScanTest {
    @TempDir
    Path directory;

    private Tree tree() {
        return new Tree(directory);
    }

    /** One line of each kind for each technology: a file, its line, and what is found in it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        a.py            | import redis.asyncio as redis                   | import redis redis.asyncio
        a.py            | from motor.motor_asyncio import AsyncIOMotorClient | import mongodb motor.motor_asyncio.AsyncIOMotorClient
        a.py            | import os, pymongo                              | import mongodb pymongo
        a.py            | from google.cloud import firestore              | import firestore google.cloud.firestore
        a.py            | from google.cloud import storage                | import google-cloud google.cloud.storage
        a.py            | import firebase_admin                           | import firebase firebase_admin
        a.py            | from dragonfly import Client                    | import dragonfly dragonfly.Client
        a.py            | from pinecone import Pinecone                   | import pinecone pinecone.Pinecone
        a.py            | import weaviate                                 | import weaviate-cloud weaviate
        a.py            | import boto3                                    | import aws boto3
        a.py            | from azure.cosmos import CosmosClient           | import azure-cosmos azure.cosmos.CosmosClient
        a.py            | import pika                                     | import rabbitmq pika
        a.py            | url = os.environ["REDIS_URL"]                   | variable redis REDIS_URL
        src/a.ts        | import Redis from "ioredis";                    | import redis ioredis
        src/a.js        | const { MongoClient } = require('mongodb')      | import mongodb mongodb
        src/a.mjs       | import { getFirestore } from "firebase/firestore"; | import firestore firebase/firestore
        src/a.tsx       | import { initializeApp } from 'firebase/app'    | import firebase firebase/app
        src/a.ts        | const db = process.env.MONGODB_URI              | variable mongodb MONGODB_URI
        src/a.ts        | import { SQSClient } from "@aws-sdk/client-sqs" | import sqs @aws-sdk/client-sqs
        src/a.ts        | import { S3Client } from "@aws-sdk/client-s3"   | import aws @aws-sdk/client-s3
        A.java          | import redis.clients.jedis.Jedis;               | import redis redis.clients.jedis.Jedis
        A.kt            | import com.mongodb.client.MongoClients          | import mongodb com.mongodb.client.MongoClients
        A.java          | import org.apache.kafka.clients.producer.Producer; | import kafka org.apache.kafka.clients.producer.Producer
        A.java          | import software.amazon.awssdk.services.dynamodb.DynamoDbClient; | import dynamodb software.amazon.awssdk.services.dynamodb.DynamoDbClient
        main.go         | redis "github.com/redis/go-redis/v9"            | import redis github.com/redis/go-redis/v9
        main.go         | "go.mongodb.org/mongo-driver/mongo"             | import mongodb go.mongodb.org/mongo-driver/mongo
        a.rb            | require "redis"                                 | import redis redis
        A.cs            | using StackExchange.Redis;                      | import redis StackExchange.Redis
        A.cs            | using Microsoft.Azure.Cosmos;                   | import azure-cosmos Microsoft.Azure.Cosmos
        requirements.txt | redis[hiredis]>=5.0  # cache                    | package redis redis
        requirements-dev.txt | Google_Cloud.Firestore==2.1                | package firestore google-cloud-firestore
        pyproject.toml  | dependencies = ["pymongo>=4"]                   | package mongodb pymongo
        pyproject.toml  | redis = "^5.0"                                  | package redis redis
        pyproject.toml  | dependencies = ["flask", "redis>=5", "x"]       | package redis redis
        setup.py        | install_requires=["flask", 'pymongo[srv]>=4'],  | package mongodb pymongo
        appsettings.json | "Cache": "shop.redis.cache.windows.net:6380"    | address azure-redis shop.redis.cache.windows.net
        config.toml     | url = "mongodb://u:hush@db/x"                   | address mongodb mongodb://***@db
        package.json    | "mongoose": "^8.0.0",                           | package mongodb mongoose
        build.gradle    | implementation 'io.lettuce:lettuce-core:6.3.0'  | package redis io.lettuce:lettuce-core
        go.mod          | require github.com/redis/go-redis/v9 v9.5.1     | package redis github.com/redis/go-redis/v9
        Gemfile         | gem "mongoid", "~> 9.0"                         | package mongodb mongoid
        App.csproj      | <PackageReference Include="StackExchange.Redis" Version="2.7" /> | package redis StackExchange.Redis
        .env            | REDIS_PASSWORD=hush                             | variable redis REDIS_PASSWORD
        .env.production | export DRAGONFLY_HOST=cache                     | variable dragonfly DRAGONFLY_HOST
        .env            | CACHE=redis://user:hush@cache.internal:6379/0?x=hush | address redis redis://***@cache.internal:6379
        .env            | SESSIONS=rediss://:a/b@x.0001.cache.amazonaws.com | address elasticache x.0001.cache.amazonaws.com
        compose.yaml    | image: redis:7-alpine                           | image redis redis
        compose.yaml    | image: "docker.dragonflydb.io/dragonflydb/dragonfly:v1" | image dragonfly dragonflydb/dragonfly
        k8s/a.yaml      | - image: public.ecr.aws/docker/library/mongo:7  | image mongodb docker/library/mongo
        k8s/a.yaml      | - name: MONGO_URL                               | variable mongodb MONGO_URL
        Chart.yaml      | - name: redis                                   | image redis redis
        a.properties    | spring.data.redis.host=localhost                | setting redis spring.data.redis.host
        main.tf         | resource "aws_elasticache_cluster" "c" {        | resource elasticache aws_elasticache_cluster
        main.tf         | resource "google_redis_instance" "c" {          | resource redis google_redis_instance
        main.tf         | resource "azurerm_redis_cache" "c" {            | resource azure-redis azurerm_redis_cache
        main.tf         | data "google_project" "p" {                     | resource google-cloud google_project
        Dockerfile      | FROM mongo:7                                    | image mongodb mongo
        run.sh          | kubectl exec c -- redis-cli FLUSHALL            | command redis redis-cli
        run.sh          | gcloud run deploy                               | command google-cloud gcloud
        """)
    void findsWhatIsUsed(String file, String line, String found) {
        var tree = tree().with(file, line + "\n");
        if (found.contains("docker/library/mongo")) { // a registry's mirror is below a name of its own, which nobody knows
            assertThat(tree.findings()).isEmpty();
        } else {
            assertThat(tree.findings()).contains(file + ":1 " + found);
        }
    }

    @Test
    void findsNestedSettingsAndDependenciesOfSeveralLines() {
        tree().with("application.yml", """
            spring:
              application:
                name: shop
              data:
                redis:
                  host: localhost
                jdbc: {}
            """).with("pom.xml", """
            <dependency>
              <groupId>redis.clients</groupId>
              <artifactId>jedis</artifactId>
            </dependency>
            <dependency>
              <groupId>org.example</groupId>
              <artifactId>jedis</artifactId>
            </dependency>
            """);
        assertThat(tree().findings()).containsExactly("application.yml:5 setting redis spring.data.redis",
                "application.yml:6 setting redis spring.data.redis.host",
                "pom.xml:3 package redis redis.clients:jedis");
    }

    @Test
    void saysNothingAboutWhatOnlyLooksLikeIt() {
        tree().with("a.py", "# import redis\nimport redistribute\nfrom .redis import x\nredis = 1\n")
                .with("a.ts", "// import 'redis'\nimport x from './redis'\nconst AWS_REGION = 1\n")
                .with("pyproject.toml", "[project]\nname = \"redis\"\nkeywords = [\"redis\"]\n")
                .with("package.json", "{\"name\": \"redis\",\n\"scripts\": {\n\"mongodb-start\": \"x\"}}\n")
                .with(".env", "#REDIS_URL=redis://x\nPREDIS_URL=1\n")
                .with("README.md", "Set REDIS_URL=redis://localhost\n")
                .with("compose.yml", "services:\n  # image: redis\n  web:\n    image: my-redis-ui\n");
        assertThat(tree().findings()).isEmpty();
    }

    @Test
    void skipsWhatIsNotOurCodeAndWhatCannotBeRead() throws Exception {
        tree().with("node_modules/x/a.js", "require('redis')").with(".git/a.py", "import redis")
                .with(".venv/a.py", "import redis").with("target/a.py", "import redis")
                .with("bin.py", "import redis\n\0").with("large.py", "import redis\n" + "#".repeat(1 << 20))
                .with("report.yml", "# howdah-infra-report\nimage: redis\n").with("b.py", "import pymongo\n");
        Files.createSymbolicLink(directory.resolve("link.py"), directory.resolve("b.py"));
        Files.createSymbolicLink(directory.resolve("loop"), directory);
        var report = tree().scan();
        assertThat(report.findings()).hasSize(1);
        assertThat(report.size().files()).isEqualTo(1);
        assertThat(report.size().skipped()).containsEntry("directories of tools and builds", 4)
                .containsEntry("binary", 1).containsEntry("larger than the limit", 1).containsEntry("symbolic link", 2)
                .containsEntry("report of a scan", 1);
    }

    @Test
    void showsNoSecretInAnyReport() {
        tree().with(".env",
                "REDIS_URL=redis://user:hush1@h/0\nMONGODB_PASSWORD=hush2\nX=mongodb+srv://u:hush3@h/x?k=hush4\n")
                .with("a.py", "client = redis.from_url('redis://:hush5@h')\n")
                .with("compose.yml", "services:\n  a:\n    environment:\n      REDIS_PASSWORD: hush6\n");
        var report = tree().scan();
        assertThat(report.findings()).hasSize(5);
        assertThat(report.toMarkdown() + report.toJson() + report).doesNotContain("hush");
    }

    @Test
    void writesAReportThatTheNextScanLeavesOutAndThatIsNoMarkup() {
        tree().with("<b>|x/a.py", "import redis\n");
        var report = tree().scan();
        assertThat(report.toMarkdown()).startsWith("<!-- howdah-infra-report -->").contains("\\<b\\>\\|x/a.py")
                .contains("howdah import redis");
        var json = JsonMapper.shared().readTree(report.toJson().toString());
        assertThat(json.path("findings").get(0).path("replacement").asString()).contains("cache");
        assertThat(json.path("replace").asInt()).isEqualTo(1);
    }

    @Test
    void countsByLevelAndCanBeNarrowed() {
        tree().with("a.py", "import redis\nimport boto3\nimport kafka\n");
        var report = tree().scan();
        assertThat(List.of(report.count(Level.REPLACE), report.count(Level.REVIEW), report.count(Level.INFORMATION)))
                .containsExactly(1L, 1L, 1L);
        assertThat(report.isClean()).isFalse();
        var onlyKafka = new InfraScan(Technologies.builtIn().only(List.of("kafka")), ScanLimits.DEFAULT)
                .scan(directory);
        assertThat(onlyKafka.findings()).hasSize(1);
        assertThat(onlyKafka.isClean()).isTrue();
        assertThatThrownBy(() -> Technologies.builtIn().only(List.of("redsi")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("redis");
    }

    @Test
    void holdsItsLimits() {
        tree().with("a.py", "import redis\n".repeat(30)).with("b.py", "x = 1" + " ".repeat(5000) + "\nimport redis\n");
        var report = new InfraScan(Technologies.builtIn(), new ScanLimits(1, 1 << 20, 10)).scan(directory);
        assertThat(report.findings().size()).isLessThanOrEqualTo(10);
        assertThat(report.size().skipped()).containsKey("beyond the limit of files");
        assertThat(new InfraScan(Technologies.builtIn(), new ScanLimits(100, 1 << 20, 10)).scan(directory).isCut())
                .isTrue();
        assertThatThrownBy(() -> new Tree(directory.resolve("none")).scan()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> new Tree(directory.resolve("a.py")).scan()).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void knowsEachTechnologyByItsOwnNames() {
        var all = Technologies.builtIn().all();
        assertThat(all).extracting(Technology::id).doesNotHaveDuplicates().contains("redis", "mongodb", "dragonfly",
                "firestore", "firebase", "google-cloud", "elasticache", "dynamodb", "sqs", "azure-cosmos",
                "azure-redis",
                "pinecone", "weaviate-cloud", "rabbitmq", "kafka");
        assertThat(all).allSatisfy(technology -> {
            assertThat(technology.names()).isNotEmpty();
            assertThat(technology.action()).isNotBlank();
        });
    }
}
