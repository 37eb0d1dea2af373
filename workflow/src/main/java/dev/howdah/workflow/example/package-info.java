/** Workflows that ship, and handlers that run them without a language model. */
@NullMarked
package dev.howdah.workflow.example;

import org.jspecify.annotations.NullMarked;
