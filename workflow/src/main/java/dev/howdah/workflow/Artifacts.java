package dev.howdah.workflow;

import dev.howdah.objectstore.ObjectStore;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import org.slf4j.LoggerFactory;
import org.slf4j.Logger;
import java.util.ArrayList;
import java.time.Clock;
import java.nio.file.Path;
import java.nio.file.Files;
import java.io.ByteArrayInputStream;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What executions made. Content up to {@link #INLINE_MAX} stands in the row; larger is kept in chunks, so that neither reading
 * nor writing holds more than a chunk in memory, or as an object in the S3-compatible store that is configured. Thread-safe.
 */
public final class Artifacts {
    private static final Logger LOG = LoggerFactory.getLogger(Artifacts.class);
    /** Bytes that are kept in the artifact's own row. */
    public static final int INLINE_MAX = 64 << 10;

    static final int CHUNK_BYTES = 1 << 20;
    private static final int NAME_MAX = 255;
    private static final int PAGE_MAX = 1000;

    static final String INSERT = """
        INSERT INTO artifacts (id, execution_id, node_id, artifact_type, name, description, content_type, size_bytes,
                               sha256, content, s3_uri, metadata)
        VALUES (:id, :execution, :node, :type, :name, :description, :contentType, :size, :sha256, :content, :uri, '{}')
        """;

    static final String INSERT_CHUNK = """
        INSERT INTO artifact_chunks (artifact_id, ordinal, content)
        VALUES (:artifact, :ordinal, :content)
        """;

    static final String LIST = """
        SELECT id, execution_id, node_id, artifact_type, name, description, content_type, size_bytes, sha256, s3_uri,
               metadata, created_at
          FROM artifacts
         WHERE execution_id = :execution AND (:after::uuid IS NULL OR id > :after::uuid)
         ORDER BY id
         LIMIT :limit
        """;

    static final String FIND = """
        SELECT id, execution_id, node_id, artifact_type, name, description, content_type, size_bytes, sha256, s3_uri,
               metadata, created_at
          FROM artifacts
         WHERE id = :id
        """;

    static final String CONTENT = "SELECT content FROM artifacts WHERE id = :id";

    static final String CHUNK = """
        SELECT content
          FROM artifact_chunks
         WHERE artifact_id = :artifact AND ordinal = :ordinal
        """;

    static final String EXECUTION_EXISTS = """
        SELECT EXISTS (SELECT FROM workflow_executions WHERE id = :id)
        """;

    private final Database database;
    private final WorkflowSettings settings;

    private final Optional<ObjectStore> store;

    Artifacts(Database database, WorkflowSettings settings) {
        this.database = database;
        this.settings = settings;
        this.store = settings.s3().map(s3 -> new ObjectStore(s3.bucket(),
                new ObjectStore.Credentials(s3.accessKey(), s3.secretKey(), s3.region()), Clock.systemUTC(),
                WorkflowSettings.S3_URL.name()));
    }

    /** An artifact whose content is measured, and in the store if it belongs there. */
    public final class Upload implements AutoCloseable {
        private final UUID id;
        private final NewArtifact artifact;
        private final long size;
        private final String sha256;
        /** What is to be written into the database; absent if it is elsewhere. */
        private final Optional<Path> content;
        private final Optional<String> uri;
        private boolean isWritten;

        private Upload(UUID id, NewArtifact artifact, long size, String sha256, Optional<Path> content,
                Optional<String> uri) {
            this.id = id;
            this.artifact = artifact;
            this.size = size;
            this.sha256 = sha256;
            this.content = content;
            this.uri = uri;
        }

        /** Of the content, in hexadecimal digits. */
        public String sha256() {
            return sha256;
        }

        /** Removes what was kept on disk for the time being, and from the store what nobody has written down. */
        @Override
        public void close() throws IOException {
            if (content.isPresent()) {
                Files.deleteIfExists(content.get());
            }
            if (!isWritten) {
                forget(uri.stream().toList());
            }
        }
    }

    /** Those of an execution, oldest first. */
    public List<Artifact> list(UUID execution, Optional<UUID> after, int limit) {
        return database.read(handle -> handle.createQuery(LIST).bind("execution", execution)
                .bind("after", after.orElse(null)).bind("limit", Math.clamp(limit, 1, PAGE_MAX))
                .map((row, context) -> artifact(row)).list());
    }

    public Optional<Artifact> find(UUID id) {
        return database.read(handle -> handle.createQuery(FIND).bind("id", id)
                .map((row, context) -> artifact(row)).findOne());
    }

    /**
     * Writes the content, a chunk at a time.
     *
     * @throws NotFoundException if there is no such artifact
     * @throws IOException if the stream refuses it
     */
    public void read(UUID id, OutputStream to) throws IOException {
        var elsewhere = find(id).flatMap(Artifact::s3Uri);
        if (elsewhere.isPresent()) {
            var from = store.orElseThrow(() -> new NotFoundException("artifact-not-found", "artifact " + id
                    + " is in a store that is not configured any more", "set howdah.workflow.s3-url again"));
            try (var content = from.get(elsewhere.get())) {
                content.transferTo(to);
            }
            return;
        }
        try {
            database.useTransaction(tx -> copy(tx.handle(), id, to)); // as it is: retention may come by meanwhile
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void copy(Handle handle, UUID id, OutputStream to) {
        var artifact = handle.createQuery(FIND).bind("id", id).map((row, context) -> artifact(row)).findOne()
                .orElseThrow(() -> new NotFoundException("artifact-not-found", "there is no artifact " + id,
                        "those of an execution: GET /api/executions/{id}/artifacts"));
        try {
            var inline = handle.createQuery(CONTENT).bind("id", id).mapTo(byte[].class).findOne();
            if (inline.isPresent()) {
                to.write(inline.get());
                return;
            }
            long chunks = (artifact.sizeBytes() + CHUNK_BYTES - 1) / CHUNK_BYTES;
            for (int i = 0; i < chunks; i++) {
                to.write(handle.createQuery(CHUNK).bind("artifact", id).bind("ordinal", i).mapTo(byte[].class).one());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Adds one from a stream, to an execution that need not run.
     *
     * @param artifact what it is; its content is not looked at
     * @throws NotFoundException if there is no such execution
     * @throws InvalidInputException if it is larger than the limit
     * @throws IOException if the stream cannot be read; nothing is stored then
     */
    public Artifact write(UUID execution, Optional<String> nodeId, NewArtifact artifact, InputStream content)
            throws IOException {
        try (var upload = prepare(execution, artifact, content)) {
            return database.inTransaction(tx -> write(tx, execution, nodeId, upload));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Adds one whose content is there, in the caller's transaction.
     *
     * @throws NotFoundException if there is no such execution
     * @throws UncheckedIOException if the content cannot be read
     */
    public Artifact write(Transaction tx, UUID execution, Optional<String> nodeId, Upload upload) {
        if (!tx.handle().createQuery(EXECUTION_EXISTS).bind("id", execution).mapTo(Boolean.class).one()) {
            throw new NotFoundException("execution-not-found", "there is no execution " + execution,
                    "artifacts belong to executions: GET /api/executions lists them");
        }
        store(tx, execution, nodeId.orElse(null), List.of(upload));
        return tx.handle().createQuery(FIND).bind("id", upload.id).map((row, context) -> artifact(row)).one();
    }

    /** What a node made, before its end is stored: a transaction must not wait for a store elsewhere. */
    List<Upload> prepare(UUID execution, List<NewArtifact> made) throws IOException {
        var uploads = new ArrayList<Upload>();
        for (var artifact : made) {
            uploads.add(prepare(execution, artifact, new ByteArrayInputStream(artifact.content())));
        }
        return List.copyOf(uploads);
    }

    /**
     * Measures the content on its way to disk, and puts it where it belongs if that is not the database.
     *
     * @return to be written, and then closed, by the caller
     * @throws InvalidInputException if it is larger than the limit
     * @throws IOException if the stream cannot be read
     */
    public Upload prepare(UUID execution, NewArtifact artifact, InputStream content) throws IOException {
        check(artifact);
        var id = Uuids.next();
        var file = Files.createTempFile("howdah-artifact-", ".part");
        boolean isKept = false;
        try {
            var digest = sha256();
            long size = 0;
            try (var out = Files.newOutputStream(file)) {
                for (var chunk = content.readNBytes(CHUNK_BYTES); chunk.length > 0; chunk = content
                        .readNBytes(CHUNK_BYTES)) {
                    size += chunk.length;
                    checkSize(artifact, size);
                    digest.update(chunk);
                    out.write(chunk);
                }
            }
            var sha256 = HexFormat.of().formatHex(digest.digest());
            if (size > INLINE_MAX && store.isPresent()) {
                var uri = store.get().put(execution + "/" + id + "/" + artifact.name(), file, sha256,
                        artifact.contentType());
                return new Upload(id, artifact, size, sha256, Optional.empty(), Optional.of(uri));
            }
            isKept = true;
            return new Upload(id, artifact, size, sha256, Optional.of(file), Optional.empty());
        } finally {
            if (!isKept) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Writes what was prepared in the caller's transaction, such as the one that ends the node. */
    void store(Transaction tx, UUID execution, @Nullable String nodeId, List<Upload> uploads) {
        for (var upload : uploads) {
            try {
                store(tx.handle(), execution, nodeId, upload);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void store(Handle handle, UUID execution, @Nullable String nodeId, Upload upload)
            throws IOException {
        byte @Nullable [] inline = null;
        if (upload.content.isPresent() && upload.size <= INLINE_MAX) {
            inline = Files.readAllBytes(upload.content.get());
        } else if (upload.content.isPresent()) {
            try (var content = Files.newInputStream(upload.content.get())) {
                int ordinal = 0;
                for (var chunk = content.readNBytes(CHUNK_BYTES); chunk.length > 0; chunk = content
                        .readNBytes(CHUNK_BYTES)) {
                    handle.createUpdate(INSERT_CHUNK).bind("artifact", upload.id).bind("ordinal", ordinal++)
                            .bind("content", chunk).execute();
                }
            }
        }
        var artifact = upload.artifact;
        handle.createUpdate(INSERT).bind("id", upload.id).bind("execution", execution).bind("node", nodeId)
                .bind("type", artifact.type()).bind("name", artifact.name()).bind("description", artifact.description())
                .bind("contentType", artifact.contentType()).bind("size", upload.size).bind("sha256", upload.sha256)
                .bind("content", inline).bind("uri", upload.uri.orElse(null)).execute();
        upload.isWritten = true;
    }

    /** Removes objects whose artifacts are gone. One that cannot be removed now is left behind, and said so. */
    void forget(List<String> uris) {
        for (var uri : uris) {
            try {
                if (store.isPresent()) {
                    store.get().delete(uri);
                } else {
                    LOG.warn("The object {} is left behind: no store is configured any more", uri);
                }
            } catch (IOException | HowdahException e) {
                LOG.warn("The object {} is left behind: {}", uri, e.getMessage());
            }
        }
    }

    private void checkSize(NewArtifact artifact, long size) {
        if (size > settings.artifactMax()) {
            throw new InvalidInputException("artifact-invalid", "content", "of " + artifact.name() + " has more than "
                    + settings.artifactMax() + " bytes", "raise howdah.workflow.artifact-max, or store it elsewhere");
        }
    }

    private static void check(NewArtifact artifact) {
        if (artifact.name().isBlank() || artifact.name().length() > NAME_MAX || artifact.name().indexOf('\0') >= 0) {
            throw new InvalidInputException("artifact-invalid", "name", "is empty or too long",
                    "use 1 to " + NAME_MAX + " characters");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Artifact artifact(ResultSet row) throws SQLException {
        return new Artifact(row.getObject("id", UUID.class), row.getObject("execution_id", UUID.class),
                Optional.ofNullable(row.getString("node_id")), row.getString("artifact_type"), row.getString("name"),
                row.getString("description"), row.getString("content_type"), row.getLong("size_bytes"),
                row.getString("sha256"), Optional.ofNullable(row.getString("s3_uri")),
                JsonMapper.shared().readTree(row.getString("metadata")),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
