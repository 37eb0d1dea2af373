package dev.howdah.operations.imports;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads files of JSON. Where each line is a document, a bad line costs only itself; within an array, or where documents go over
 * several lines, nobody could tell where the next one begins, so the file is refused from there on.
 */
final class JsonReader implements Reader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();
    private static final int PEEK = 1 << 16;
    private static final int BYTE_ORDER_MARK = 0xEF;

    private final ImportSource.Json source;
    private final ImportTarget target;
    private final ImportSettings settings;
    private final DocumentMapping mapping;
    private final Path root;
    private final Map<String, Path> files = new LinkedHashMap<>();

    JsonReader(ImportSource.Json source, ImportTarget target, Limits limits, ImportSettings settings) {
        this.source = source;
        this.target = target;
        this.settings = settings;
        this.root = source.path().toAbsolutePath().normalize();
        this.mapping = new DocumentMapping(limits.documents(), source.idField(), root.toString());
    }

    @Override
    public String kind() {
        return "json";
    }

    @Override
    public String source() {
        return root + source.idField().map(field -> " id " + field).orElse("");
    }

    @Override
    public List<String> parts() {
        SourceFiles.files(root, file -> SourceFiles.hasEnding(file, ".json", ".jsonl", ".ndjson"))
                .forEach(file -> files.put(file.equals(root)
                        ? String.valueOf(file.getFileName())
                        : root.relativize(file).toString(), file));
        return files.keySet().stream().sorted().toList();
    }

    @Override
    public long total() {
        return files.values().stream().anyMatch(file -> file.toString().endsWith(".gz"))
                ? 0
                : SourceFiles.size(List.copyOf(files.values()));
    }

    @Override
    public void read(String part, Optional<ObjectNode> from, Emitter out) throws InterruptedException {
        var file = Objects.requireNonNull(files.get(part), part);
        var batches = new BatchBuilder(part, from, 0, settings, out);
        var collection = target.collectionFor(SourceFiles.baseName(file));
        SourceFiles.reading(file, in -> {
            var whole = new BufferedInputStream(in, PEEK);
            skipByteOrderMark(whole);
            if (isLines(whole, file)) {
                lines(whole, collection, part, batches);
            } else {
                sequence(whole, collection, part, file, batches);
            }
            return part;
        });
        batches.end();
    }

    private static void skipByteOrderMark(InputStream in) throws IOException {
        in.mark(3);
        boolean isMark = in.read() == BYTE_ORDER_MARK && in.read() == 0xBB && in.read() == 0xBF;
        if (!isMark) {
            in.reset();
        }
    }

    /** By the ending; else, whether the first line that is not blank is a whole document. */
    private static boolean isLines(InputStream in, Path file) throws IOException {
        if (SourceFiles.hasEnding(file, ".jsonl", ".ndjson")) {
            return true;
        }
        in.mark(PEEK);
        var head = in.readNBytes(PEEK - 1);
        in.reset();
        var first = new String(head, java.nio.charset.StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank())
                .findFirst().orElse("").strip();
        try {
            return first.startsWith("{") && JSON.readTree(first).isObject();
        } catch (JacksonException e) {
            return false;
        }
    }

    private void lines(InputStream in, String collection, String part, BatchBuilder batches)
            throws IOException, InterruptedException {
        var line = new ByteArrayOutputStream();
        long length = 0;
        boolean isBlank = true;
        long number = 1;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                addLine(line, length, isBlank, collection, part + ":" + number, batches);
                line.reset();
                length = 0;
                isBlank = true;
                number++;
            } else {
                isBlank &= b == ' ' || b == '\t' || b == '\r';
                if (++length <= settings.recordMax()) {
                    line.write(b);
                }
            }
        }
        addLine(line, length, isBlank, collection, part + ":" + number, batches);
    }

    private void addLine(ByteArrayOutputStream line, long length, boolean isBlank, String collection, String place,
            BatchBuilder batches) throws InterruptedException {
        if (isBlank || !batches.isNew()) {
            return;
        }
        if (length > settings.recordMax()) {
            batches.add(() -> MongoFilesReader.tooLarge(place, length), 0);
        } else {
            var bytes = line.toByteArray();
            batches.add(() -> mapping.ofJson(collection, bytes, place), bytes.length);
        }
    }

    /** An array, or documents one after another, maybe over several lines. */
    private void sequence(InputStream in, String collection, String part, Path file, BatchBuilder batches)
            throws InterruptedException {
        try (var parser = JSON.createParser(in)) {
            var first = parser.nextToken();
            boolean isArray = first == JsonToken.START_ARRAY;
            for (var token = isArray ? parser.nextToken() : first; token != null
                    && token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                add(parser, collection, part, batches);
            }
            if (isArray && parser.currentToken() != JsonToken.END_ARRAY) {
                throw SourceFiles.damaged(file, "ends within its array: it is truncated");
            }
        } catch (JacksonException e) {
            throw SourceFiles.damaged(file, "is not JSON at line " + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + ": " + e.getOriginalMessage());
        }
    }

    private void add(JsonParser parser, String collection, String part, BatchBuilder batches)
            throws InterruptedException {
        var location = parser.currentTokenLocation();
        long before = parser.currentLocation().getByteOffset();
        JsonNode element = parser.readValueAsTree();
        if (batches.isNew()) {
            var place = part + ":" + location.getLineNr() + ":" + location.getColumnNr();
            long size = Math.max(1, parser.currentLocation().getByteOffset() - before);
            batches.add(() -> element instanceof ObjectNode document
                    ? mapping.item(collection, document, place)
                    : new Item.Rejected("document", place, "is no object", element.toString()), size);
        }
    }
}
