/** What can be searched: {@link dev.howdah.knowledge.collection.Collections} and their {@link dev.howdah.knowledge.collection.Entries}. */
@NullMarked
package dev.howdah.knowledge.collection;

import org.jspecify.annotations.NullMarked;
