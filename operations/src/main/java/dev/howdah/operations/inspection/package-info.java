/** What goes on in a database, for people who look after it: sizes, sessions, locks, indexes, settings, plans. */
@NullMarked
package dev.howdah.operations.inspection;

import org.jspecify.annotations.NullMarked;
