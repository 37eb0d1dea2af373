package dev.howdah.knowledge;

import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.UnavailableException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The bytes of a knowledge base: counted, so that one knows how far it has come, and limited in size and time. */
final class ImportInput extends FilterInputStream {
    /** Of one file. */
    static final long BYTES_MAX = 1L << 30;
    private static final Duration READ_LIMIT = Duration.ofMinutes(10);

    private final String name;
    private final long total;
    private final long bytesMax;
    private long count;
    private volatile boolean expired;

    ImportInput(InputStream in, String name, long total, long bytesMax) {
        super(in);
        this.name = name;
        this.total = total;
        this.bytesMax = bytesMax;
    }

    static ImportInput ofFile(ImportSource.OfFile file) throws IOException {
        return new ImportInput(Files.newInputStream(file.path()), file.name(), Files.size(file.path()), BYTES_MAX);
    }

    static ImportInput ofUrl(ImportSource.OfUrl url, ImportFetcher fetcher) throws IOException {
        var fetched = fetcher.fetch(url.address());
        var input = new ImportInput(fetched.body(), url.name(), fetched.length(), BYTES_MAX);
        CompletableFuture.delayedExecutor(READ_LIMIT.toMillis(), TimeUnit.MILLISECONDS).execute(input::expire);
        return input;
    }

    /** 0 to 100, as far as that is known. */
    int percent() {
        return total <= 0 ? 0 : (int) Math.min(100, count * 100 / total);
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        if (expired) {
            throw new UnavailableException("import-timeout", name + " was not read within " + READ_LIMIT.toMinutes()
                    + " minutes", "import it from a file", null);
        }
        count += Math.max(read, 0);
        if (count > bytesMax) {
            throw new LimitExceededException("import-too-large", name + " has more than " + bytesMax + " bytes",
                    "split it by repositories");
        }
        return read;
    }

    /** Frees a reader that waits; it then finds that its time is over. */
    private void expire() {
        expired = true;
        try {
            close();
        } catch (IOException e) {
            // nobody reads on
        }
    }
}
