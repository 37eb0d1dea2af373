/** Files in S3-compatible stores: {@link dev.howdah.objectstore.ObjectStore}. */
@NullMarked
package dev.howdah.objectstore;

import org.jspecify.annotations.NullMarked;
