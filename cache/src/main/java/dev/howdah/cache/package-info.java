/** Named caches on PostgreSQL: values with a time to live, tags, counters, statistics, and a copy near the caller. */
@NullMarked
package dev.howdah.cache;

import org.jspecify.annotations.NullMarked;
