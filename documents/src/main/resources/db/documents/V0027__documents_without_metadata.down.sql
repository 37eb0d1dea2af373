UPDATE documents SET metadata = '{}' WHERE metadata IS NULL;
ALTER TABLE documents
    ALTER metadata SET DEFAULT '{}',
    ALTER metadata SET NOT NULL;
