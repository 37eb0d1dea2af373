/** Nearest vectors by Weaviate, which follows the entries in PostgreSQL. */
@NullMarked
package dev.howdah.knowledge.weaviate;

import org.jspecify.annotations.NullMarked;
