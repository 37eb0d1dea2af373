/** What a code base still uses of data stores and cloud services that Howdah replaces, and how its configuration lets go of them. */
@NullMarked
package dev.howdah.operations.infra;

import org.jspecify.annotations.NullMarked;
