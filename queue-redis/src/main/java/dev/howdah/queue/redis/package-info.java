/** The task queue on Redis. */
@NullMarked
package dev.howdah.queue.redis;

import org.jspecify.annotations.NullMarked;
