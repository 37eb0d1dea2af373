package dev.howdah.operations.imports;

import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file of what could not be imported, a line of JSON each. It is written before the batch commits: what was rejected may
 * stand there twice if the process is killed in between, but never not at all.
 */
final class Quarantine {
    private final Path file;

    Quarantine(Path file) {
        this.file = file;
    }

    void add(List<Item> items) {
        var lines = new StringBuilder();
        for (var item : items) {
            if (item instanceof Item.Rejected rejected) {
                lines.append(JsonMapper.shared().createObjectNode().put("place", rejected.place())
                        .put("type", rejected.type()).put("reason", rejected.reason())
                        .put("content", rejected.content())).append('\n');
            }
        }
        if (!lines.isEmpty()) {
            append(ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private void append(ByteBuffer lines) {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (lines.hasRemaining()) {
                channel.write(lines);
            }
            channel.force(false);
        } catch (IOException e) {
            throw new InvalidInputException("import-quarantine-invalid", "quarantine", "the file " + file
                    + " for what cannot be imported cannot be written: " + e.getMessage(), "name another one");
        }
    }
}
