package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What an execution made, as files. */
final class ArtifactFiles {
    private static final int PAGE = 1000;

    private ArtifactFiles() {}

    /** Writes all of them below the directory; of several with one name each after the first goes below its node's. */
    static List<Path> download(Api api, String execution, Path directory) {
        var files = new ArrayList<Path>();
        var taken = new HashSet<Path>();
        var path = "/api/executions/" + Api.encode(execution) + "/artifacts?limit=" + PAGE;
        for (var page = api.get(path);; page = api.get(path + "&cursor=" + page.path("next").asString())) {
            for (var artifact : page.path("items")) {
                var name = artifact.path("name").asString();
                var file = inside(directory, name);
                if (!taken.add(file)) {
                    file = inside(directory, artifact.path("node_id").asString("added") + "/" + name);
                    taken.add(file);
                }
                write(api, artifact, file);
                files.add(file);
            }
            if (!page.path("next").isString()) {
                return files;
            }
        }
    }

    private static void write(Api api, JsonNode artifact, Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new InvalidInputException("file-unwritable", "--artifacts", file.getParent() + " cannot be made: "
                    + e.getMessage(), "name a directory that can be written");
        }
        api.download(artifact.path("url").asString(), file);
    }

    /** A name is given by whoever made the artifact: it must not lead out of the directory. */
    static Path inside(Path directory, String name) {
        var root = directory.toAbsolutePath().normalize();
        var file = root.resolve(name.replace('\\', '/').replaceAll("\\p{Cntrl}", "_").replaceFirst("^/+", ""))
                .normalize();
        if (file.startsWith(root) && !file.equals(root)) {
            return directory.resolve(root.relativize(file));
        }
        return directory.resolve(name.replaceAll("[^A-Za-z0-9._-]|^\\.+", "_"));
    }
}
