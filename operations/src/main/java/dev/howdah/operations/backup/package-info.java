/** Backups that are proven: taking, checking, restoring and rehearsing them. */
@NullMarked
package dev.howdah.operations.backup;

import org.jspecify.annotations.NullMarked;
