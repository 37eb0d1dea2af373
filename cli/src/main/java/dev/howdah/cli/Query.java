package dev.howdah.cli;

import org.jspecify.annotations.Nullable;

/** A path with parameters; those without a value are left out. */
final class Query {
    private final StringBuilder path;
    private char separator = '?';

    Query(String path) {
        this.path = new StringBuilder(path);
    }

    Query and(String name, @Nullable Object value) {
        if (value != null) {
            path.append(separator).append(name).append('=').append(Api.encode(value.toString()));
            separator = '&';
        }
        return this;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
