package dev.howdah.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The migrations that this program knows, in order. A module lists its own in {@code db/<module>/migrations.txt}, one
 * base name per line, because a class path cannot be listed reliably.
 */
public final class Migrations {
    private static final String UP = ".up.sql";
    private static final String DOWN = ".down.sql";

    private final List<Migration> all;

    private Migrations(Collection<Migration> migrations) {
        var byVersion = new TreeMap<Long, Migration>();
        for (var migration : migrations) {
            var other = byVersion.put(migration.version(), migration);
            if (other != null) {
                throw new MigrationException("migration-version-taken", "version " + migration.version()
                        + " is used twice: " + other.module() + "/" + other.file() + " and " + migration.module() + "/"
                        + migration.file(), "give one of them the next free number");
            }
        }
        this.all = List.copyOf(byVersion.values());
    }

    public static Migrations of(Collection<Migration> migrations) {
        return new Migrations(migrations);
    }

    /** Those of the modules, from {@code db/<module>} on the class path. */
    public static Migrations ofModules(String... modules) {
        var found = new ArrayList<Migration>();
        for (var module : modules) {
            Function<String, Optional<String>> read = name -> resource("/db/" + module + "/" + name);
            var index = read.apply("migrations.txt").orElseThrow(() -> new MigrationException("migrations-missing",
                    "the class path has no db/" + module + "/migrations.txt", "check the build of module " + module));
            index.lines().map(String::strip).filter(line -> !line.isEmpty())
                    .forEach(baseName -> found.add(read(module, baseName, read)));
        }
        return new Migrations(found);
    }

    /** Those of a directory; every {@code *.up.sql} counts. */
    public static Migrations ofDirectory(String module, Path directory) {
        Function<String, Optional<String>> read = name -> file(directory.resolve(name));
        try (var files = Files.list(directory)) {
            return new Migrations(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(UP))
                    .map(name -> read(module, name.substring(0, name.length() - UP.length()), read)).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    /** In order of their versions. */
    public List<Migration> all() {
        return all;
    }

    private static Migration read(String module, String baseName, Function<String, Optional<String>> read) {
        var up = read.apply(baseName + UP).orElseThrow(() -> new MigrationException("migrations-missing",
                "the file " + module + "/" + baseName + UP + " is missing",
                "add it, or take it out of migrations.txt"));
        return Migration.of(module, baseName, up, read.apply(baseName + DOWN));
    }

    private static Optional<String> resource(String path) {
        try (InputStream in = Migrations.class.getResourceAsStream(path)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    private static Optional<String> file(Path path) {
        try {
            return Files.exists(path) ? Optional.of(Files.readString(path)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}
