/** Agents elsewhere, spoken to by A2A 1.0: their cards, their operations, and tasks of theirs that are waited for durably. */
@NullMarked
package dev.howdah.agent.client;

import org.jspecify.annotations.NullMarked;
