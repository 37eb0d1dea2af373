/** Durable tasks: {@link dev.howdah.queue.TaskQueue} is the contract, {@link dev.howdah.queue.Worker} runs handlers. */
@NullMarked
package dev.howdah.queue;

import org.jspecify.annotations.NullMarked;
