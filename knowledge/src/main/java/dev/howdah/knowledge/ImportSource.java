package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Where a knowledge base comes from. */
public sealed interface ImportSource {
    /** What it is called in reports and in the quarantine. */
    String name();

    /** A file of JSON. */
    record OfFile(Path path) implements ImportSource {
        @Override
        public String name() {
            return path.getFileName() == null ? path.toString() : path.getFileName().toString();
        }
    }

    /** All {@code *.json} files of a directory, in the order of their names. */
    record OfDirectory(Path path) implements ImportSource {
        @Override
        public String name() {
            return path.getFileName() == null ? path.toString() : path.getFileName().toString();
        }
    }

    /** What answers at an address. */
    record OfUrl(URI address) implements ImportSource {
        public OfUrl {
            if (address.getHost() == null || !List.of("http", "https").contains(address.getScheme())) {
                throw new InvalidInputException("import-invalid", "url", "is no address", "use http://… or https://…");
            }
            if (address.getUserInfo() != null) {
                throw new InvalidInputException("import-invalid", "url", "has a user or password in it",
                        "fetch the file yourself and import that");
            }
        }

        /** Without the query, which may hold a token. */
        @Override
        public String name() {
            return address.getScheme() + "://" + address.getAuthority() + address.getPath();
        }
    }

    /** A document that is in hand already. */
    record OfDocument(String name, JsonNode document) implements ImportSource {}

    /**
     * A file or directory.
     *
     * @throws InvalidInputException if there is neither
     */
    static ImportSource of(Path path) {
        if (Files.isDirectory(path)) {
            return new OfDirectory(path);
        }
        if (!Files.isReadable(path)) {
            throw new InvalidInputException("file-unreadable", "FILE", path + " cannot be read",
                    "name a JSON file, a directory of them, or an address");
        }
        return new OfFile(path);
    }
}
