/** Aggregation pipelines: what the database can do is handed to it, the rest runs here over a stream. */
@NullMarked
package dev.howdah.documents.aggregate;

import org.jspecify.annotations.NullMarked;
