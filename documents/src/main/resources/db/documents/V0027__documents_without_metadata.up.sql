-- Most documents have no metadata; NULL says so and takes no room. '{}' of older ones means the same.
ALTER TABLE documents
    ALTER metadata DROP DEFAULT,
    ALTER metadata DROP NOT NULL;
