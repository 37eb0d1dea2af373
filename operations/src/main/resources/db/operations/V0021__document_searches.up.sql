-- Collections of documents whose texts are searched, and how far the search has followed them.
CREATE TABLE document_searches (
    collection text        PRIMARY KEY COLLATE "C",
    title      text, -- dotted path of the field that is a document's title
    fields     text[]      NOT NULL, -- dotted paths of those that are its text
    language   text        NOT NULL,
    token      text        NOT NULL, -- changes up to here are in the search
    cursor     text, -- documents up to here are; null once all that were there at the beginning are
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT has_fields CHECK (cardinality(fields) > 0)
);
