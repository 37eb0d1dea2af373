/** Durable workflows: {@link dev.howdah.workflow.Workflows} is the door, {@link dev.howdah.workflow.WorkflowDefinition} what runs. */
@NullMarked
package dev.howdah.workflow;

import org.jspecify.annotations.NullMarked;
