package dev.howdah.operations.imports;

import dev.howdah.documents.value.DocumentLimits;

/** What the targets take. */
record Limits(int cacheValueMax, DocumentLimits documents) {}
