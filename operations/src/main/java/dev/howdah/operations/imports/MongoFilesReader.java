package dev.howdah.operations.imports;

import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what {@code mongodump} wrote as a directory or a single file: each collection is a file of documents one after another,
 * with its indexes in a file beside it. Where there are several databases, their names stand before those of the collections.
 */
final class MongoFilesReader implements Reader {
    private static final List<String> NOT_USERS = List.of("admin", "config", "local");

    private final ImportSource.MongoFiles source;
    private final ImportTarget target;
    private final ImportSettings settings;
    private final DocumentMapping mapping;
    private final Path root;
    private final Map<String, Path> files = new LinkedHashMap<>();

    MongoFilesReader(ImportSource.MongoFiles source, ImportTarget target, Limits limits, ImportSettings settings) {
        this.source = source;
        this.target = target;
        this.settings = settings;
        this.root = source.path().toAbsolutePath().normalize();
        this.mapping = new DocumentMapping(limits.documents(), Optional.empty(), source());
    }

    @Override
    public String kind() {
        return "bson";
    }

    @Override
    public String source() {
        return source.path().toAbsolutePath().normalize() + (source.collections().isEmpty()
                ? ""
                : " collections " + String.join(",", source.collections().stream().sorted().toList()));
    }

    @Override
    public List<String> parts() {
        var found = SourceFiles.files(root, file -> SourceFiles.hasEnding(file, ".bson"));
        var folders = new HashSet<Path>();
        found.stream().filter(this::isUsers).forEach(file -> folders.add(folder(file)));
        for (var file : found) {
            var name = SourceFiles.baseName(file);
            var collection = folders.size() > 1 ? folder(file).getFileName() + "-" + name : name;
            boolean isWanted = source.collections().isEmpty() || source.collections().contains(name)
                    || source.collections().contains(collection);
            if (isWanted && isUsers(file) && files.put(collection, file) != null) {
                throw new InvalidInputException("import-source-invalid", root.toString(), "has the collection "
                        + collection + " twice", "name the directory of one database");
            }
        }
        if (files.isEmpty()) {
            throw new InvalidInputException("import-source-invalid", root.toString(), "has no collection to import",
                    "name a file or directory that mongodump wrote, and collections in it");
        }
        return files.keySet().stream().sorted().toList();
    }

    private static Path folder(Path file) {
        return java.util.Objects.requireNonNull(file.getParent()); // files are absolute
    }

    private boolean isUsers(Path file) {
        var name = SourceFiles.baseName(file);
        boolean isSystems = name.startsWith("system.") || (name.equals("oplog") && folder(file).equals(root));
        return file.equals(root) || (!isSystems && !NOT_USERS.contains(String.valueOf(folder(file).getFileName())));
    }

    @Override
    public long total() {
        return files.values().stream().anyMatch(file -> file.toString().endsWith(".gz"))
                ? 0
                : SourceFiles.size(List.copyOf(files.values()));
    }

    private Path file(String part) {
        return java.util.Objects.requireNonNull(files.get(part), part);
    }

    @Override
    public void read(String part, Optional<ObjectNode> from, Emitter out) throws InterruptedException {
        var file = file(part);
        var batches = new BatchBuilder(part, from, 0, settings, out);
        var to = target.collectionFor(part);
        SourceFiles.reading(file, in -> {
            var stream = new BsonStream(file, in, settings.recordMax());
            while (true) {
                switch (stream.next()) {
                    case BsonStream.Whole(var bson) -> add(batches, to, part, bson);
                    case BsonStream.TooLarge(var bytes) -> addTooLarge(batches, part, bytes);
                    case BsonStream.BlockEnd() -> throw new EOFException();
                    case BsonStream.End() -> {
                        return part;
                    }
                }
            }
        });
        batches.end();
    }

    private void add(BatchBuilder batches, String to, String part, byte[] bson) throws InterruptedException {
        if (batches.isNew()) {
            var place = part + " document " + batches.number();
            batches.add(() -> mapping.ofBson(to, bson, place), bson.length);
        }
    }

    private void addTooLarge(BatchBuilder batches, String part, int bytes) throws InterruptedException {
        if (batches.isNew()) {
            var place = part + " document " + batches.number();
            batches.add(() -> tooLarge(place, bytes), 0);
        }
    }

    /** A document that was not read. */
    static Item tooLarge(String place, long bytes) {
        return new Item.Rejected("document", place, "has " + bytes
                + " bytes, more than howdah.operations.import-record-max", "");
    }

    @Override
    public List<SourceIndex> indexes() {
        return files.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> indexes(entry.getKey(), entry.getValue()).stream()).toList();
    }

    private List<SourceIndex> indexes(String collection, Path file) {
        var base = folder(file).resolve(SourceFiles.baseName(file) + ".metadata.json");
        var metadata = Files.exists(base) ? base : base.resolveSibling(base.getFileName() + ".gz");
        if (!Files.exists(metadata)) {
            return List.of();
        }
        try {
            var text = SourceFiles.reading(metadata, in -> new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return MongoIndexes.of(target.collectionFor(collection), Values.parseObject(text).path("indexes"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
