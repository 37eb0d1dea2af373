/** Language models: one port over all providers, and the account of what was asked of them. */
@NullMarked
package dev.howdah.agent.model;

import org.jspecify.annotations.NullMarked;
