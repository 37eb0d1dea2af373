/** What is written to documents that are there: update operators, JSON Patch, JSON Merge Patch, replacements. */
@NullMarked
package dev.howdah.documents.update;

import org.jspecify.annotations.NullMarked;
