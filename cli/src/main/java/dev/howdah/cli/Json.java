package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as an argument: the text itself, {@code @FILE}, or {@code -} for standard input. */
final class Json {
    private Json() {}

    static JsonNode argument(String name, String argument) {
        try {
            return JsonMapper.shared().readTree(text(argument));
        } catch (IOException e) {
            throw new InvalidInputException("file-unreadable", name, argument + " cannot be read: " + e.getMessage(),
                    "name a JSON file after the @");
        } catch (JacksonException e) {
            throw new InvalidInputException("json-malformed", name, "it is no valid JSON: " + e.getOriginalMessage(),
                    "put it in single quotes, or into a file: @input.json");
        }
    }

    private static String text(String argument) throws IOException {
        if (argument.equals("-")) {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        }
        return argument.startsWith("@") ? Files.readString(Path.of(argument.substring(1))) : argument;
    }
}
