/** Where files and commits of repositories are read from. */
@NullMarked
package dev.howdah.agent.source;

import org.jspecify.annotations.NullMarked;
