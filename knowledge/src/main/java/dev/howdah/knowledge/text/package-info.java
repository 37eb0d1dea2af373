/** Text search: {@link dev.howdah.knowledge.text.Postings} keeps terms, {@link dev.howdah.knowledge.text.TextSearch} ranks by BM25. */
@NullMarked
package dev.howdah.knowledge.text;

import org.jspecify.annotations.NullMarked;
