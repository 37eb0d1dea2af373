/** Where backups are kept. */
@NullMarked
package dev.howdah.operations.backup.target;

import org.jspecify.annotations.NullMarked;
