/** What the driver has to find by name; not for others. */
@NullMarked
package dev.howdah.postgres.internal;

import org.jspecify.annotations.NullMarked;
