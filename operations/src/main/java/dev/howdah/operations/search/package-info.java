/** Documents that are found by what they say: their texts and vectors follow them into a collection of {@code knowledge}. */
@NullMarked
package dev.howdah.operations.search;

import org.jspecify.annotations.NullMarked;
