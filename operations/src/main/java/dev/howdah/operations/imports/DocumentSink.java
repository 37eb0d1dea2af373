package dev.howdah.operations.imports;

import dev.howdah.documents.CollectionOptions;
import dev.howdah.documents.DocumentCollection;
import dev.howdah.documents.DocumentLoad;
import dev.howdah.documents.Documents;
import dev.howdah.documents.query.DeclaredIndex;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A collection, which is created if it is not there; the options of one that is there stay. */
final class DocumentSink implements Sink {
    private static final int EXAMPLES_MAX = 3;

    private final DocumentCollection collection;
    private final DocumentLoad load;
    private final DuplicatePolicy duplicates;

    DocumentSink(Documents documents, String name, DuplicatePolicy duplicates) {
        if (documents.list().stream().noneMatch(known -> known.name().equals(name))) {
            documents.create(name, CollectionOptions.none());
        }
        this.collection = documents.collection(name);
        this.load = new DocumentLoad(collection);
        this.duplicates = duplicates;
    }

    @Override
    public List<? extends Item.Stored> write(Transaction tx, List<? extends Item.Stored> items) {
        var byId = new LinkedHashMap<String, Item.Document>();
        for (var item : items) {
            if (item instanceof Item.Document document) {
                add(byId, document);
            }
        }
        var documents = byId.values().stream().map(item -> new DocumentLoad.Loaded(item.id(), item.document()))
                .toList();
        if (duplicates == DuplicatePolicy.REPLACE) {
            load.write(tx, documents);
            return List.copyOf(byId.values());
        }
        var inserted = load.insertNew(tx, documents);
        if (duplicates == DuplicatePolicy.FAIL && inserted.size() < byId.size()) {
            throw taken(byId.keySet().stream().filter(id -> !inserted.contains(id)).collect(Collectors.toSet()));
        }
        return byId.values().stream().filter(item -> inserted.contains(item.id())).toList();
    }

    /** Of those with the same id in one batch, the last replaces, or the first stays. */
    private void add(Map<String, Item.Document> byId, Item.Document document) {
        switch (duplicates) {
            case REPLACE -> byId.put(document.id(), document);
            case SKIP -> byId.putIfAbsent(document.id(), document);
            case FAIL -> {
                if (byId.put(document.id(), document) != null) {
                    throw taken(Set.of(document.id()));
                }
            }
        }
    }

    private ConflictException taken(Set<String> ids) {
        return new ConflictException("import-duplicate", "the collection " + collection.name() + " has documents with "
                + ids.size() + " of the ids, such as " + ids.stream().sorted().limit(EXAMPLES_MAX).toList(),
                "skip or replace them with --duplicates skip or --duplicates replace, or use another collection");
    }

    @Override
    public byte[] key(Item.Stored item) {
        return ((Item.Document) item).id().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Map<String, Kept> read(Transaction tx, List<byte[]> keys) {
        var found = new HashMap<String, Kept>();
        for (var document : collection
                .get(keys.stream().map(key -> new String(key, StandardCharsets.UTF_8)).toList())) {
            var content = Values.denormalise(document.stored(), Values.Format.CANONICAL);
            found.put(HexFormat.of().formatHex(document.id().getBytes(StandardCharsets.UTF_8)), new Kept(Checksums.of(
                    content), Optional.empty()));
        }
        return found;
    }

    @Override
    public String declare(SourceIndex index) {
        try {
            collection.createIndex(new DeclaredIndex(index.name(), DeclaredIndex.Kind.BTREE, index.paths().stream().map(
                    FieldPath::parse).toList(), index.unique()));
            return "declared";
        } catch (ConflictException | InvalidInputException e) {
            return e.problem();
        }
    }
}
