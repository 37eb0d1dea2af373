/** Workflows as skills: started by any protocol, waited for durably. */
@NullMarked
package dev.howdah.agent.workflow;

import org.jspecify.annotations.NullMarked;
