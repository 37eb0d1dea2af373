/** What was written to documents, in an order that can be resumed and loses nothing. */
@NullMarked
package dev.howdah.documents.changes;

import org.jspecify.annotations.NullMarked;
