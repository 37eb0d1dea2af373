/** Search over text and vectors together: {@link dev.howdah.knowledge.search.KnowledgeSearch} is the door. */
@NullMarked
package dev.howdah.knowledge.search;

import org.jspecify.annotations.NullMarked;
