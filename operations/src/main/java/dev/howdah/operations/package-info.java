/** What keeps a Howdah going: imports from other stores, the scan of a code base for what it still uses of them, service checks, the doctor. */
@NullMarked
package dev.howdah.operations;

import org.jspecify.annotations.NullMarked;
