/** The command line. */
@NullMarked
package dev.howdah.cli;

import org.jspecify.annotations.NullMarked;
