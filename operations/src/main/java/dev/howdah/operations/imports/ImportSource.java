package dev.howdah.operations.imports;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** From where records come. */
public sealed interface ImportSource {
    /**
     * A running Redis.
     *
     * @param url {@code redis://user:password@host:6379}, {@code rediss://} for TLS
     * @param databases their numbers; empty for the one that the URL names, or 0
     */
    record Redis(String url, List<Integer> databases) implements ImportSource {
        public Redis {
            databases = List.copyOf(databases);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Redis[" + Addresses.withoutSecrets(url) + ", " + databases + "]";
        }
    }

    /**
     * A snapshot that Redis wrote, compressed by gzip or not.
     *
     * @param databases their numbers; empty for all
     */
    record RedisFile(Path file, List<Integer> databases) implements ImportSource {
        public RedisFile {
            databases = List.copyOf(databases);
        }
    }

    /**
     * A running MongoDB.
     *
     * @param url {@code mongodb://…} or {@code mongodb+srv://…}
     * @param database its name; absent for the one that the URL names
     * @param collections their names; empty for all
     */
    record Mongo(String url, Optional<String> database, List<String> collections) implements ImportSource {
        public Mongo {
            collections = List.copyOf(collections);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Mongo[" + Addresses.withoutSecrets(url) + ", " + database + ", " + collections + "]";
        }
    }

    /**
     * What {@code mongodump} wrote: a directory, one {@code .bson} file or an archive, compressed by gzip or not.
     *
     * @param collections their names; empty for all
     */
    record MongoFiles(Path path, List<String> collections) implements ImportSource {
        public MongoFiles {
            collections = List.copyOf(collections);
        }
    }

    /**
     * JSON: a file or a directory of them, each an array, a document a line or documents one after another, compressed by gzip
     * or not; plain or Extended JSON, as {@code mongoexport} writes.
     *
     * @param idField the field whose value becomes {@code _id}; absent: {@code _id} if there is one, else an id that the same
     *        place in the same file always gets
     */
    record Json(Path path, Optional<String> idField) implements ImportSource {}
}
