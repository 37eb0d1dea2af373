package dev.howdah.operations.backup.target;

import dev.howdah.objectstore.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Backups in an S3-compatible store: objects {@code <name>/<file>}, the manifest last. Larger files are stored in parts, so that
 * one part for each thread is in memory. Nothing tells whether the process that writes an unfinished backup lives; it is taken for
 * abandoned at an age.
 */
public final class ObjectTarget implements BackupTarget {
    /** In every backup that we made, from its beginning. */
    private static final String MARKER = "howdah-backup";
    private static final int PART_BYTES = 8 << 20;
    private static final int PARTS_MAX = 10_000;

    private final ObjectStore store;

    /** Backups below the address of the store. */
    public ObjectTarget(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String location() {
        return store.bucket().toString();
    }

    @Override
    public List<String> list() throws IOException {
        return backups().entrySet().stream().filter(backup -> backup.getValue().stream().anyMatch(entry -> entry.key()
                .endsWith("/" + MANIFEST))).map(Map.Entry::getKey).sorted(BackupName.BY_TIME).toList();
    }

    @Override
    public InputStream open(String name, String file) throws IOException {
        return store.get(store.uri(key(name, file)).toString());
    }

    @Override
    public Unfinished begin(String name) throws IOException {
        store.put(key(name, MARKER), new byte[0]);
        return new Partial(name);
    }

    @Override
    public void remove(String name) throws IOException {
        delete(key(name, MANIFEST));
        for (var entry : store.list(BackupName.check(name) + "/")) {
            delete(entry.key());
        }
    }

    @Override
    public List<String> removeRemains(Duration age) throws IOException {
        var removed = new ArrayList<String>();
        for (var backup : backups().entrySet()) {
            var files = backup.getValue();
            boolean isWhole = files.stream().anyMatch(entry -> entry.key().endsWith("/" + MANIFEST));
            boolean isOurs = files.stream().anyMatch(entry -> entry.key().endsWith("/" + MARKER));
            boolean isOld = files.stream().allMatch(entry -> entry.modifiedAt().isBefore(Instant.now().minus(age)));
            if (!isWhole && isOurs && isOld) {
                remove(backup.getKey());
                removed.add(backup.getKey());
            }
        }
        return removed;
    }

    private Map<String, List<ObjectStore.Entry>> backups() throws IOException {
        var backups = new LinkedHashMap<String, List<ObjectStore.Entry>>();
        for (var entry : store.list("howdah-")) {
            var name = entry.key().replaceFirst("/.*", "");
            if (BackupName.is(name)) {
                backups.computeIfAbsent(name, _ -> new ArrayList<>()).add(entry);
            }
        }
        return backups;
    }

    private void delete(String key) throws IOException {
        store.delete(store.uri(key).toString());
    }

    private static String key(String name, String file) {
        return BackupName.check(name) + "/" + file;
    }

    private final class Partial implements Unfinished {
        private final String name;
        private boolean published;

        Partial(String name) {
            this.name = name;
        }

        @Override
        public OutputStream file(String file) {
            return new Parts(key(name, file));
        }

        @Override
        public void publish(byte[] manifest) throws IOException {
            store.put(key(name, MANIFEST), manifest);
            published = true;
        }

        @Override
        public void close() throws IOException {
            if (!published) {
                remove(name);
            }
        }
    }

    /** An object, of which a part is in memory. */
    private final class Parts extends OutputStream {
        private final String key;
        private final ByteArrayOutputStream part = new ByteArrayOutputStream();
        private final List<String> tags = new ArrayList<>();
        private String upload = "";
        private boolean closed;

        Parts(String key) {
            this.key = key;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            part.write(bytes, from, length);
            if (part.size() >= PART_BYTES) {
                send();
            }
        }

        private void send() throws IOException {
            if (tags.size() == PARTS_MAX) {
                throw new IOException("a file of a backup has more than " + PARTS_MAX + " parts; make "
                        + "howdah.operations.backup-piece smaller");
            }
            try {
                if (upload.isEmpty()) {
                    upload = store.beginParts(key);
                }
                tags.add(store.putPart(key, upload, tags.size() + 1, part.toByteArray()));
                part.reset();
            } catch (IOException | RuntimeException e) {
                closed = true;
                giveUp(e);
                throw e;
            }
        }

        private void giveUp(Exception cause) {
            if (!upload.isEmpty()) {
                try {
                    store.abortParts(key, upload);
                } catch (IOException | RuntimeException e) {
                    cause.addSuppressed(e);
                }
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            if (upload.isEmpty()) {
                store.put(key, part.toByteArray());
                return;
            }
            if (part.size() > 0) {
                send();
            }
            try {
                store.endParts(key, upload, tags);
            } catch (IOException | RuntimeException e) {
                giveUp(e);
                throw e;
            }
        }
    }
}
