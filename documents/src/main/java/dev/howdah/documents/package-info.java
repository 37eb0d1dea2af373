/** Collections of JSON documents, in the query language of MongoDB, with a change feed. */
@NullMarked
package dev.howdah.documents;

import org.jspecify.annotations.NullMarked;
