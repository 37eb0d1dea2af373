package dev.howdah.queue;

/** How payloads and results are written to the database: as JSON always, sealed if keys are set. */
interface PayloadCodec {
    /** JSON to be stored for this JSON. */
    String encode(String json);

    /** The JSON that was given. */
    String decode(String stored);
}
