/** The skills of the knowledge base: what is known of repositories, asked for and told. */
@NullMarked
package dev.howdah.agent.knowledge;

import org.jspecify.annotations.NullMarked;
