package dev.howdah.operations.imports;

import dev.howdah.documents.value.Values;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what {@code mongodump --archive} wrote: four bytes that say so, a head, what is known about each collection, and blocks
 * of documents, each with the collection's name before it; blocks of several collections alternate.
 */
final class ArchiveReader implements Reader {
    static final int MAGIC = 0x8199e26d;
    private static final Set<String> NOT_USERS = Set.of("", "admin", "config", "local");

    private final Path file;
    private final ImportSource.MongoFiles source;
    private final ImportTarget target;
    private final ImportSettings settings;
    private final DocumentMapping mapping;
    private final List<SourceIndex> indexes = new ArrayList<>();
    private boolean isSeveral;

    ArchiveReader(ImportSource.MongoFiles source, ImportTarget target, Limits limits, ImportSettings settings) {
        this.source = source;
        this.file = source.path().toAbsolutePath().normalize();
        this.target = target;
        this.settings = settings;
        this.mapping = new DocumentMapping(limits.documents(), Optional.empty(), source());
    }

    /** Whether the file begins like an archive. */
    static boolean isArchive(Path file) throws InterruptedException {
        return SourceFiles.reading(file, in -> isMagic(in.readNBytes(Integer.BYTES)));
    }

    private static boolean isMagic(byte[] head) {
        return head.length == Integer.BYTES && ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt() == MAGIC;
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
        return List.of(String.valueOf(file.getFileName()));
    }

    @Override
    public long total() {
        return 0;
    }

    @Override
    public void read(String part, Optional<ObjectNode> from, Emitter out) throws InterruptedException {
        var batches = new BatchBuilder(part, from, 0, settings, out);
        SourceFiles.reading(file, in -> {
            var stream = begin(in);
            var open = new HashSet<String>();
            while (stream.next() instanceof BsonStream.Whole(var head)) {
                block(stream, object(head), open, batches);
            }
            if (!open.isEmpty()) {
                throw new EOFException();
            }
            return part;
        });
        batches.end();
    }

    private BsonStream begin(InputStream in) throws IOException {
        if (!isMagic(in.readNBytes(Integer.BYTES))) {
            throw SourceFiles.damaged(file, "does not begin like an archive of mongodump");
        }
        var stream = new BsonStream(file, in, settings.recordMax());
        if (!(stream.next() instanceof BsonStream.Whole)) {
            throw SourceFiles.damaged(file, "has no head");
        }
        var known = new ArrayList<ObjectNode>();
        while (stream.next() instanceof BsonStream.Whole(var collection)) {
            known.add(object(collection));
        }
        isSeveral = known.stream().map(entry -> entry.path("db").asString("")).filter(db -> !NOT_USERS.contains(db))
                .distinct().count() > 1;
        indexes.clear();
        known.stream().filter(this::isWanted).forEach(entry -> indexes.addAll(MongoIndexes.of(to(entry),
                Values.parseObject(entry.path("metadata").asString("{}")).path("indexes"))));
        return stream;
    }

    private void block(BsonStream stream, ObjectNode head, Set<String> open, BatchBuilder batches)
            throws IOException, InterruptedException {
        var name = head.path("db").asString("") + "." + head.path("collection").asString("");
        boolean isWanted = isWanted(head);
        while (true) {
            switch (stream.next()) {
                case BsonStream.Whole(var bson) when isWanted -> add(batches, to(head), name, bson);
                case BsonStream.TooLarge(var bytes) when isWanted -> addTooLarge(batches, name, bytes);
                case BsonStream.Whole _,BsonStream.TooLarge _ -> {
                }
                case BsonStream.End _ -> throw new EOFException();
                case BsonStream.BlockEnd _ -> {
                    if (head.path("EOF").asBoolean(false)) {
                        open.remove(name);
                    } else {
                        open.add(name);
                    }
                    return;
                }
            }
        }
    }

    private void add(BatchBuilder batches, String to, String name, byte[] bson) throws InterruptedException {
        if (batches.isNew()) {
            var place = name + " record " + batches.number();
            batches.add(() -> mapping.ofBson(to, bson, place), bson.length);
        }
    }

    private void addTooLarge(BatchBuilder batches, String name, int bytes) throws InterruptedException {
        if (batches.isNew()) {
            var place = name + " record " + batches.number();
            batches.add(() -> MongoFilesReader.tooLarge(place, bytes), 0);
        }
    }

    private boolean isWanted(ObjectNode entry) {
        var database = entry.path("db").asString("");
        var name = entry.path("collection").asString("");
        boolean isNamed = source.collections().isEmpty() || source.collections().contains(name)
                || source.collections().contains(database + "." + name);
        return isNamed && !NOT_USERS.contains(database) && !name.startsWith("system.");
    }

    private String to(ObjectNode entry) {
        var name = entry.path("collection").asString("");
        return target.collectionFor(isSeveral ? entry.path("db").asString("") + "-" + name : name);
    }

    private ObjectNode object(byte[] bson) {
        try {
            return BsonJson.read(bson);
        } catch (BsonJson.BadBsonException e) {
            throw SourceFiles.damaged(file, "has a head that " + e.problem());
        }
    }

    @Override
    public List<SourceIndex> indexes() {
        return List.copyOf(indexes);
    }
}
