/**
 * What a document may hold and how it is kept: Extended JSON in one canonical form, identifiers, and MongoDB's order of
 * values.
 */
@NullMarked
package dev.howdah.documents.value;

import org.jspecify.annotations.NullMarked;
