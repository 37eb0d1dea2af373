DROP TABLE document_changes;
DROP TABLE documents;
DROP TABLE document_indexes;
DROP TABLE document_collections;
