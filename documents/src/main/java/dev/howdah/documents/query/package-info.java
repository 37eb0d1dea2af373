/** MongoDB's query language: filters, sorts and projections, in Java and as conditions of SQL. */
@NullMarked
package dev.howdah.documents.query;

import org.jspecify.annotations.NullMarked;
