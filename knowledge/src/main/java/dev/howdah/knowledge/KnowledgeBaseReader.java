package dev.howdah.knowledge;

import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a knowledge base repository by repository: only one of them is in memory at a time. */
public final class KnowledgeBaseReader {
    private final Visitor visitor;
    private int repositories;

    private KnowledgeBaseReader(Visitor visitor) {
        this.visitor = visitor;
    }

    /** Is shown what a knowledge base holds, in the order in which it stands there. */
    public interface Visitor {
        /**
         * One repository.
         *
         * @param percent how much of the document was read, 0 to 100, as far as that is known
         */
        void repository(String name, JsonNode entry, int percent);

        /** The end of a document, with what it says besides its repositories. */
        void end(ObjectNode document);
    }

    /**
     * Reads all of a source.
     *
     * @param fetcher opens it if it is an address
     * @throws InvalidInputException if it is no valid JSON, or no knowledge base; the message names the place
     * @throws dev.howdah.postgres.LimitExceededException if it is too large
     * @throws UnavailableException if it cannot be reached
     */
    public static void read(ImportSource source, ImportFetcher fetcher, Visitor visitor) {
        var reader = new KnowledgeBaseReader(visitor);
        switch (source) {
            case ImportSource.OfDocument document -> reader.document(document);
            case ImportSource.OfFile file -> reader.read(file.name(), () -> ImportInput.ofFile(file));
            case ImportSource.OfUrl url -> reader.read(url.name(), () -> ImportInput.ofUrl(url, fetcher));
            case ImportSource.OfDirectory directory -> {
                for (var path : files(directory.path())) {
                    var file = new ImportSource.OfFile(path);
                    reader.read(file.name(), () -> ImportInput.ofFile(file));
                }
            }
        }
    }

    private static List<Path> files(Path directory) {
        try (var files = Files.list(directory)) {
            var found = files.filter(file -> file.toString().endsWith(".json") && Files.isRegularFile(file)).sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new InvalidInputException("import-invalid", "DIR", directory + " has no *.json files",
                        "name a directory with some");
            }
            return found;
        } catch (IOException e) {
            throw unreadable(directory.toString(), e);
        }
    }

    /** Opens what is read. */
    @FunctionalInterface
    private interface Opener {
        ImportInput open() throws IOException;
    }

    private void read(String name, Opener opener) {
        try (var input = opener.open(); var parser = Json.MAPPER.createParser(input)) {
            stream(name, parser, input);
        } catch (IOException e) {
            throw unreadable(name, e);
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException cause) {
                throw unreadable(name, cause);
            }
            var at = e.getLocation();
            throw new InvalidInputException("json-malformed", "", name + " is no valid JSON at line "
                    + at.getLineNr() + ", column " + at.getColumnNr() + ", after " + repositories
                    + " repositories: " + e.getOriginalMessage().lines().findFirst().orElse(""),
                    "correct it there and import it again");
        }
    }

    private static HowdahException unreadable(String name, IOException e) {
        return new UnavailableException("import-unreadable", name + " cannot be read: " + e.getMessage(),
                "check that it is there, and who may read it", e);
    }

    private void document(ImportSource.OfDocument source) {
        var json = source.document();
        if (!json.path("repositories").isObject()) {
            throw noKnowledgeBase(source.name(), "/repositories", json.path("repositories"));
        }
        json.path("repositories").properties()
                .forEach(entry -> visitor.repository(entry.getKey(), entry.getValue(), 0));
        var rest = json.asObject().deepCopy();
        rest.remove("repositories");
        visitor.end(rest);
    }

    private void stream(String source, JsonParser parser, ImportInput input) {
        var rest = Json.object();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw noKnowledgeBase(source, "/", parser.currentToken() == null ? rest.path("") : tree(parser));
        }
        boolean found = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var field = parser.currentName();
            var token = parser.nextToken();
            if (!field.equals("repositories")) {
                rest.set(field, tree(parser));
            } else if (token == JsonToken.START_OBJECT) {
                found = true;
                repositories(parser, input);
            } else {
                throw noKnowledgeBase(source, "/repositories", tree(parser));
            }
        }
        if (!found) {
            throw noKnowledgeBase(source, "/repositories", rest.path("repositories"));
        }
        visitor.end(rest);
    }

    private void repositories(JsonParser parser, ImportInput input) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            visitor.repository(name, tree(parser), input.percent());
            repositories++;
        }
    }

    private static JsonNode tree(JsonParser parser) {
        return parser.readValueAsTree();
    }

    private static InvalidInputException noKnowledgeBase(String source, String place, JsonNode value) {
        return new InvalidInputException("knowledge-base-invalid", place, "of " + source + " is " + Fields.type(value)
                + ", not an object", "use {\"repositories\": {\"owner/name\": {…}}}");
    }
}
