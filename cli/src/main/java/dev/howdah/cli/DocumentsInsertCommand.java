package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Inserts documents from a file, which is read as it is sent. */
@Command(name = "insert", mixinStandardHelpOptions = true, description = "Inserts documents: one as an argument, or those of a file with an array or a document on each line.")
final class DocumentsInsertCommand extends DocumentsCommand.OnCollection {
    /** Documents of one request. */
    private static final int BATCH = 1000;
    /** Characters of one request, about. */
    private static final int BATCH_CHARACTERS = 4 << 20;
    /** Digits of numbers are kept as they are. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) // documents follow one another
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

    @Parameters(index = "1", paramLabel = "DOCUMENTS", description = "A document as JSON, @FILE, or - for standard input.")
    private String documents = "";
    @Option(names = "--skip-duplicates", description = "Leaves those out that are there; otherwise the batch that has one fails.")
    private boolean skipDuplicates;

    private long inserted;
    private long refused;

    @Override
    int call(Api server, Output to, String path) {
        var target = path + (skipDuplicates ? "?ordered=false" : "");
        try (var reader = open(); var parser = JSON.createParser(reader)) {
            var batch = JSON.createArrayNode();
            long characters = 0;
            boolean inArray = false;
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case START_ARRAY -> inArray = true;
                    case END_ARRAY -> inArray = false;
                    default -> {
                        JsonNode document = JSON.readTree(parser);
                        batch.add(document);
                        characters += document.toString().length();
                    }
                }
                if (batch.size() >= BATCH || characters >= BATCH_CHARACTERS) {
                    send(server, target, batch);
                    characters = 0;
                }
            }
            send(server, target, batch);
            if (inArray) {
                throw new InvalidInputException("json-malformed", "DOCUMENTS", "the array does not end",
                        "correct the file");
            }
        } catch (IOException e) {
            throw new InvalidInputException("file-unreadable", "DOCUMENTS", documents + " cannot be read: "
                    + e.getMessage(), "name a JSON file after the @");
        } catch (JacksonException e) {
            throw new InvalidInputException("json-malformed", "DOCUMENTS", "after " + inserted
                    + " documents were inserted: " + e.getOriginalMessage(),
                    "correct the file; those before it are stored");
        }
        return to.print(DocumentsCommand.object().put("inserted", inserted).put("refused", refused), out -> out.println(
                inserted + " inserted" + (refused > 0 ? ", " + refused + " were there already" : "")));
    }

    private void send(Api server, String path, ArrayNode batch) {
        if (!batch.isEmpty()) {
            var answer = server.post(path, "application/json", JSON.writeValueAsString(batch));
            inserted += answer.path("inserted").asLong();
            refused += answer.path("refused").size();
            batch.removeAll();
        }
    }

    private BufferedReader open() throws IOException {
        if (documents.equals("-")) {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        }
        return documents.startsWith("@")
                ? Files.newBufferedReader(Path.of(documents.substring(1)))
                : new BufferedReader(new StringReader(documents));
    }
}
