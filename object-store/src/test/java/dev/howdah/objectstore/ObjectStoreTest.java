package dev.howdah.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.UnavailableException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ObjectStoreTest {
    private static ObjectStore store(ObjectServer server) {
        return new ObjectStore(server.bucket("bucket/some path".replace(" ", "%20")), ObjectServer.CREDENTIALS, Clock
                .systemUTC(), "the-setting");
    }

    @Test
    void storesListsReadsAndDeletes() throws Exception {
        try (var server = ObjectServer.start()) {
            var store = store(server);
            for (var key : List.of("a/1", "a/2", "a/3 ä+*~", "a/4", "b/1")) {
                store.put(key, key.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            assertThat(store.list("a/")).extracting(ObjectStore.Entry::key).containsExactly("a/1", "a/2", "a/3 ä+*~",
                    "a/4");
            try (var in = store.get(store.uri("a/3 ä+*~").toString())) {
                assertThat(in).hasContent("a/3 ä+*~");
            }
            store.delete(store.uri("a/1").toString());
            assertThatThrownBy(() -> store.get(store.uri("a/1").toString())).isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void makesAnObjectOfParts() throws Exception {
        try (var server = ObjectServer.start()) {
            var store = store(server);
            var upload = store.beginParts("large");
            var tags = List.of(store.putPart("large", upload, 1, new byte[]{1, 2}), store.putPart("large", upload, 2,
                    new byte[]{3}));
            store.endParts("large", upload, tags);
            try (var in = store.get(store.uri("large").toString())) {
                assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
            }
            var given = store.beginParts("given-up");
            store.putPart("given-up", given, 1, new byte[]{1});
            store.abortParts("given-up", given);
            assertThat(server.parts()).isZero();
        }
    }

    @Test
    void triesAgainWhenTheStoreIsBusyAndNamesTheSettingWhenItRefuses() throws Exception {
        try (var server = ObjectServer.start()) {
            server.fail(2);
            store(server).put("key", new byte[]{1});
            assertThat(server.objects()).hasSize(1);
            server.fail(10);
            assertThatThrownBy(() -> store(server).put("key", new byte[]{1})).isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("503").hasMessageContaining("the-setting");
            server.fail(0);
            var wrong = new ObjectStore(server.bucket("bucket"), new ObjectStore.Credentials("key", "hidden", "here"),
                    Clock.systemUTC(), "the-setting");
            assertThatThrownBy(() -> wrong.put("key", new byte[]{1})).hasMessageContaining("403").message()
                    .doesNotContain("hidden");
        }
    }

    /** The example of Amazon's documentation: a GET of ten bytes. */
    @Test
    void signsAsTheDocumentedExample() {
        var headers = new TreeMap<>(Map.of("host", "examplebucket.s3.amazonaws.com", "range", "bytes=0-9",
                "x-amz-content-sha256", ObjectStore.EMPTY_SHA256, "x-amz-date", "20130524T000000Z"));
        assertThat(ObjectStore.authorization(new ObjectStore.Credentials("AKIAIOSFODNN7EXAMPLE",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"), "GET",
                URI.create("https://examplebucket.s3.amazonaws.com/test.txt"), headers, ObjectStore.EMPTY_SHA256,
                Instant.parse("2013-05-24T00:00:00Z")))
                .endsWith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }
}
