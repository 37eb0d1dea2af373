/** Durable push notifications: what happens in an agent's task is posted to the places that its owner named. */
@NullMarked
package dev.howdah.agent.push;

import org.jspecify.annotations.NullMarked;
