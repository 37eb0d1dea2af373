/** Howdah as what Spring AI keeps its documents and conversations in. */
@NullMarked
package dev.howdah.spring.ai;

import org.jspecify.annotations.NullMarked;
