/** Which repository depends on which, and what happens when one of them changes. */
@NullMarked
package dev.howdah.agent.dependencies;

import org.jspecify.annotations.NullMarked;
