/** Skills: defined once, served by every protocol. */
@NullMarked
package dev.howdah.agent;

import org.jspecify.annotations.NullMarked;
