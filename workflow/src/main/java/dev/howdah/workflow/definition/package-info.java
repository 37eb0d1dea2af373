/** Definitions of workflows: reading and checking them, their expressions and contracts. */
@NullMarked
package dev.howdah.workflow.definition;

import org.jspecify.annotations.NullMarked;
