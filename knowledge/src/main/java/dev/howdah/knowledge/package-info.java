/** What is known about repositories: patterns, decisions, components, lessons, runtime issues; and how it is found again. */
@NullMarked
package dev.howdah.knowledge;

import org.jspecify.annotations.NullMarked;
