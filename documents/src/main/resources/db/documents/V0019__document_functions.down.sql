DROP FUNCTION IF EXISTS document_at(jsonb, text[]);
DROP FUNCTION IF EXISTS document_compare(jsonb, jsonb);
DROP FUNCTION IF EXISTS document_text(jsonb);
DROP FUNCTION IF EXISTS document_number(jsonb);
DROP FUNCTION IF EXISTS document_rank(jsonb);
DROP FUNCTION IF EXISTS document_key(jsonb, text[]);
