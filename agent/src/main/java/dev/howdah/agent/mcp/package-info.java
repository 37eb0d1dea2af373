/** The Model Context Protocol without a transport: what each method answers, over skills, knowledge and prompts. */
@NullMarked
package dev.howdah.agent.mcp;

import org.jspecify.annotations.NullMarked;
