/** Pictures of definitions for people. */
@NullMarked
package dev.howdah.workflow.graph;

import org.jspecify.annotations.NullMarked;
