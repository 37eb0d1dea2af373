package dev.howdah.workflow;

import dev.howdah.postgres.Database;
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
 * What executions made. Content up to {@link #INLINE_MAX} stands in the row, larger in chunks, so that neither reading nor
 * writing holds more than a chunk in memory. Thread-safe.
 */
public final class Artifacts {
    /** Bytes that are kept in the artifact's own row. */
    public static final int INLINE_MAX = 64 << 10;

    static final int CHUNK_BYTES = 1 << 20;
    private static final int NAME_MAX = 255;
    private static final int PAGE_MAX = 1000;

    static final String INSERT = """
        INSERT INTO artifacts (id, execution_id, node_id, artifact_type, name, description, content_type, size_bytes,
                               sha256, content, metadata)
        VALUES (:id, :execution, :node, :type, :name, :description, :contentType, :size, :sha256, :content, '{}')
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

    Artifacts(Database database, WorkflowSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    /** Those of an execution, oldest first. */
    public List<Artifact> list(UUID execution, Optional<UUID> after, int limit) {
        return database.withHandle(handle -> handle.createQuery(LIST).bind("execution", execution)
                .bind("after", after.orElse(null)).bind("limit", Math.clamp(limit, 1, PAGE_MAX))
                .map((row, context) -> artifact(row)).list());
    }

    public Optional<Artifact> find(UUID id) {
        return database.withHandle(handle -> handle.createQuery(FIND).bind("id", id)
                .map((row, context) -> artifact(row)).findOne());
    }

    /**
     * Writes the content, a chunk at a time.
     *
     * @throws NotFoundException if there is no such artifact
     * @throws IOException if the stream refuses it
     */
    public void read(UUID id, OutputStream to) throws IOException {
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
        check(artifact);
        try {
            return database.inTransaction(tx -> {
                if (!tx.handle().createQuery(EXECUTION_EXISTS).bind("id", execution).mapTo(Boolean.class).one()) {
                    throw new NotFoundException("execution-not-found", "there is no execution " + execution,
                            "artifacts belong to executions: GET /api/executions lists them");
                }
                var id = store(tx.handle(), execution, nodeId.orElse(null), artifact, content);
                return tx.handle().createQuery(FIND).bind("id", id).map((row, context) -> artifact(row)).one();
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Those that a node made, in the transaction that ends it. */
    void store(Transaction tx, UUID execution, String nodeId, List<NewArtifact> made) {
        for (var artifact : made) {
            check(artifact);
            store(tx.handle(), execution, nodeId, artifact, new java.io.ByteArrayInputStream(artifact.content()));
        }
    }

    private UUID store(Handle handle, UUID execution, @Nullable String nodeId, NewArtifact artifact,
            InputStream content) {
        var id = Uuids.next();
        var digest = sha256();
        try {
            var first = content.readNBytes(CHUNK_BYTES);
            digest.update(first);
            long size = first.length;
            boolean isInline = first.length <= INLINE_MAX;
            if (!isInline) {
                int ordinal = 0;
                for (var chunk = first; chunk.length > 0; chunk = content.readNBytes(CHUNK_BYTES)) {
                    if (ordinal > 0) {
                        digest.update(chunk);
                        size += chunk.length;
                    }
                    checkSize(artifact, size);
                    handle.createUpdate(INSERT_CHUNK).bind("artifact", id).bind("ordinal", ordinal++)
                            .bind("content", chunk).execute();
                }
            }
            checkSize(artifact, size);
            handle.createUpdate(INSERT).bind("id", id).bind("execution", execution).bind("node", nodeId)
                    .bind("type", artifact.type()).bind("name", artifact.name())
                    .bind("description", artifact.description()).bind("contentType", artifact.contentType())
                    .bind("size", size).bind("sha256", HexFormat.of().formatHex(digest.digest()))
                    .bind("content", isInline ? first : null).execute();
            return id;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
