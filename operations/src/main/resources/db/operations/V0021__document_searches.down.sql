DROP TABLE document_searches;
