/** Collections of JSON documents, asked and changed in the query language of MongoDB, with a feed of their changes. */
@NullMarked
package dev.howdah.documents;

import org.jspecify.annotations.NullMarked;
