package dev.howdah.operations.imports;

import java.util.List;
import java.util.Optional;

/**
 * An index of a collection of MongoDB.
 *
 * @param collection its name at the target
 * @param keys as MongoDB writes them
 * @param paths the fields, dotted
 * @param refusal why there is none like it here; absent if there is
 */
record SourceIndex(String collection, String name, String keys, List<String> paths, boolean unique,
        Optional<String> refusal) {}
