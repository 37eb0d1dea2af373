/**
 * Imports from Redis, MongoDB and JSON files: {@link dev.howdah.operations.imports.Imports} is the door, an
 * {@link dev.howdah.operations.imports.ImportPlan} says from where to where.
 */
@NullMarked
package dev.howdah.operations.imports;

import org.jspecify.annotations.NullMarked;
