/** Tasks of agents on the durable queue: stored before anybody sees them, followed from any instance, resumed after a crash. */
@NullMarked
package dev.howdah.agent.task;

import org.jspecify.annotations.NullMarked;
