package dev.howdah.server;

import dev.howdah.agent.http.OutboundAddress;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.http.OutboundRequest;
import dev.howdah.knowledge.ImportFetcher;
import dev.howdah.postgres.UnavailableException;
import java.net.URI;
import java.time.Duration;

/** Opens what is to be imported from an address, unless that leads inside the network. */
record GuardedImports(OutboundHttp http) implements ImportFetcher {
    /** Longest silence while a document is read. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
    /** The importer has a limit of its own, with a message that says what to do. */
    private static final long BYTES_MAX = Long.MAX_VALUE;
    private static final int OK = 200;

    @Override
    public Fetched fetch(URI uri) {
        var address = new OutboundAddress(uri);
        var stream = http.open(OutboundRequest.get(address).withHeader("Accept", "application/json"), SILENCE_MAX,
                BYTES_MAX);
        if (stream.head().status() != OK) {
            stream.close();
            throw new UnavailableException("import-refused", address + " answered " + stream.head().status(),
                    "check the address and who may read it", null);
        }
        return new Fetched(stream.body(), stream.announcedBytes());
    }
}
