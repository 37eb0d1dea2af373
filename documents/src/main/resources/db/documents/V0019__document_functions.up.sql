-- The key of a declared index: the value at the path; null also for a missing one. '[]' says "look at the document": an
-- array stands on the way, or the value is too long for an entry of an index.
CREATE FUNCTION document_key(data jsonb, path text[]) RETURNS jsonb
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  found jsonb := data #> path; -- no step is a number, so what is found was reached through objects alone
  step text;
BEGIN
  IF found IS NULL THEN
    found := data;
    FOREACH step IN ARRAY path LOOP
      found := found -> step;
      IF found IS NULL THEN
        RETURN 'null';
      END IF;
      IF jsonb_typeof(found) = 'array' THEN
        RETURN '[]';
      END IF;
    END LOOP;
  END IF;
  RETURN CASE WHEN jsonb_typeof(found) = 'array' OR octet_length(found::text) > 1000 THEN '[]' ELSE found END;
END
$$;

-- The place of a value's type in the order of MongoDB; nothing is as null.
CREATE FUNCTION document_rank(value jsonb) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE coalesce(jsonb_typeof(value), 'null')
         WHEN 'null' THEN 2
         WHEN 'number' THEN 3
         WHEN 'string' THEN 4
         WHEN 'array' THEN 7
         WHEN 'boolean' THEN 10
         ELSE CASE
           WHEN value ? '$minKey' THEN 0
           WHEN value ? '$undefined' THEN 1
           WHEN value ? '$numberDouble' THEN 3
           WHEN value ? '$symbol' THEN 5
           WHEN value ? '$binary' THEN 8
           WHEN value ? '$oid' THEN 9
           WHEN value ? '$date' THEN 11
           WHEN value ? '$timestamp' THEN 12
           WHEN value ? '$regularExpression' THEN 13
           WHEN value ? '$dbPointer' THEN 14
           WHEN value ? '$scope' THEN 16
           WHEN value ? '$code' THEN 15
           WHEN value ? '$maxKey' THEN 17
           ELSE 6
         END
       END
$$;

-- The order within a type, as far as a number tells it. NaN is as null, which is sorted first. Dates within the years of
-- four digits are told apart by their text, those beyond by their milliseconds.
CREATE FUNCTION document_number(value jsonb) RETURNS numeric
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE jsonb_typeof(value)
         WHEN 'number' THEN value::numeric
         WHEN 'boolean' THEN value::boolean::integer::numeric
         WHEN 'object' THEN CASE
           WHEN value ? '$numberDouble' THEN nullif(value ->> '$numberDouble', 'NaN')::numeric
           WHEN value ? '$timestamp' THEN (value #>> '{$timestamp,t}')::numeric * 4294967296
             + (value #>> '{$timestamp,i}')::numeric
           WHEN value ? '$date' THEN coalesce((value #>> '{$date,$numberLong}')::numeric, 0)
         END
       END
$$;

-- The order within a type, as far as a text tells it: by code points, so compare it COLLATE "C".
CREATE FUNCTION document_text(value jsonb) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE jsonb_typeof(value)
         WHEN 'string' THEN value #>> '{}'
         WHEN 'object' THEN CASE
           WHEN value ? '$oid' THEN value ->> '$oid'
           WHEN value ? '$date' THEN value ->> '$date'
           WHEN value ? '$symbol' THEN value ->> '$symbol'
           WHEN value ? '$code' AND NOT value ? '$scope' THEN value ->> '$code'
           WHEN value ? '$regularExpression' THEN (value #>> '{$regularExpression,pattern}') || E'\x01'
             || (value #>> '{$regularExpression,options}')
           WHEN value ? '$binary' THEN
             lpad(octet_length(decode(value #>> '{$binary,base64}', 'base64'))::text, 10, '0')
             || (value #>> '{$binary,subType}') || encode(decode(value #>> '{$binary,base64}', 'base64'), 'hex')
         END
       END COLLATE "C"
$$;

-- Which of two values stands first: negative, zero or positive. SQL's null is a missing value, below all but the minimum.
CREATE FUNCTION document_compare(a jsonb, b jsonb) RETURNS integer
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  rank_a integer := CASE WHEN a IS NULL THEN 0 ELSE document_rank(a) END;
  rank_b integer := CASE WHEN b IS NULL THEN 0 ELSE document_rank(b) END;
  result integer;
  pair record;
BEGIN
  IF a IS NULL OR b IS NULL THEN
    IF a IS NULL AND b IS NULL THEN
      RETURN 0;
    END IF;
    result := CASE WHEN coalesce(a, b) ? '$minKey' THEN 1 ELSE -1 END;
    RETURN CASE WHEN a IS NULL THEN result ELSE -result END;
  END IF;
  IF rank_a <> rank_b THEN
    RETURN sign(rank_a - rank_b);
  END IF;
  IF rank_a = 7 THEN
    FOR i IN 0 .. least(jsonb_array_length(a), jsonb_array_length(b)) - 1 LOOP
      result := document_compare(a -> i, b -> i);
      IF result <> 0 THEN
        RETURN result;
      END IF;
    END LOOP;
    RETURN sign(jsonb_array_length(a) - jsonb_array_length(b));
  END IF;
  IF rank_a IN (6, 14, 16) THEN
    FOR pair IN
      SELECT x.key AS key_a, x.value AS value_a, y.key AS key_b, y.value AS value_b
        FROM (SELECT key, value, row_number() OVER (ORDER BY key COLLATE "C") AS place FROM jsonb_each(a)) x
        FULL JOIN (SELECT key, value, row_number() OVER (ORDER BY key COLLATE "C") AS place FROM jsonb_each(b)) y
          USING (place)
       ORDER BY place
    LOOP
      IF pair.key_a IS NULL OR pair.key_b IS NULL THEN
        RETURN CASE WHEN pair.key_a IS NULL THEN -1 ELSE 1 END;
      END IF;
      result := sign(document_rank(pair.value_a) - document_rank(pair.value_b));
      IF result = 0 AND pair.key_a <> pair.key_b THEN
        result := CASE WHEN pair.key_a COLLATE "C" < pair.key_b COLLATE "C" THEN -1 ELSE 1 END;
      END IF;
      IF result = 0 THEN
        result := document_compare(pair.value_a, pair.value_b);
      END IF;
      IF result <> 0 THEN
        RETURN result;
      END IF;
    END LOOP;
    RETURN 0;
  END IF;
  IF document_number(a) IS DISTINCT FROM document_number(b) THEN
    RETURN CASE WHEN document_number(a) IS NULL OR document_number(a) < document_number(b) THEN -1 ELSE 1 END;
  END IF;
  IF document_text(a) IS DISTINCT FROM document_text(b) THEN
    RETURN CASE WHEN document_text(a) COLLATE "C" < document_text(b) COLLATE "C" THEN -1 ELSE 1 END;
  END IF;
  RETURN 0;
END
$$;

-- The value at a path as expressions see it: through an array, the array of what its elements have there.
CREATE FUNCTION document_at(value jsonb, path text[]) RETURNS jsonb
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF value IS NULL OR cardinality(path) = 0 THEN
    RETURN value;
  END IF;
  IF jsonb_typeof(value) = 'array' THEN
    RETURN (SELECT coalesce(jsonb_agg(inner_value ORDER BY place) FILTER (WHERE inner_value IS NOT NULL), '[]')
              FROM (SELECT document_at(element, path) AS inner_value, place
                      FROM jsonb_array_elements(value) WITH ORDINALITY AS elements (element, place)) AS found);
  END IF;
  IF jsonb_typeof(value) <> 'object' OR document_rank(value) <> 6 THEN
    RETURN NULL;
  END IF;
  RETURN document_at(value -> path[1], path[2:]);
END
$$;

-- What a value is sorted by. Nothing in it is null, because records sort nulls last.
CREATE TYPE document_order AS (place integer, number numeric, text text COLLATE "C");

-- Places leave room below the numbers for NaN and below null for the empty array.
CREATE FUNCTION document_order(value jsonb) RETURNS document_order
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT ROW(CASE WHEN value = '[]' THEN 1
                WHEN value = '{"$numberDouble": "NaN"}' THEN 5
                ELSE 2 * document_rank(value) END,
           coalesce(document_number(value), 0),
           coalesce(document_text(value), ''))::document_order
$$;

-- Everything that stands at a path, for sorting: in arrays what is no object counts as null, a number is an index.
CREATE FUNCTION document_ends(value jsonb, path text[]) RETURNS SETOF jsonb
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  element jsonb;
BEGIN
  IF value IS NULL OR (cardinality(path) > 0 AND jsonb_typeof(value) NOT IN ('object', 'array')) THEN
    RETURN NEXT 'null'::jsonb;
  ELSIF jsonb_typeof(value) <> 'array' THEN
    IF cardinality(path) = 0 THEN
      RETURN NEXT value;
    ELSE
      RETURN QUERY SELECT document_ends(value -> path[1], path[2:]);
    END IF;
  ELSIF cardinality(path) = 0 THEN
    IF jsonb_array_length(value) = 0 THEN
      RETURN NEXT value;
    ELSE
      RETURN QUERY SELECT jsonb_array_elements(value);
    END IF;
  ELSIF path[1] ~ '^(0|[1-9][0-9]{0,6})$' AND value -> path[1]::integer IS NOT NULL THEN
    RETURN QUERY SELECT document_ends(value -> path[1]::integer, path[2:]);
  ELSE
    FOR element IN SELECT jsonb_array_elements(value) LOOP
      RETURN QUERY SELECT document_ends(CASE WHEN jsonb_typeof(element) <> 'array' THEN element END, path);
    END LOOP;
  END IF;
END
$$;

-- The least of them upwards, the greatest downwards.
CREATE FUNCTION document_sort_key(data jsonb, path text[], descending boolean) RETURNS document_order
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  found jsonb := data -> path[1];
  result document_order;
BEGIN
  FOR i IN 2 .. cardinality(path) LOOP
    EXIT WHEN jsonb_typeof(found) = 'array'; -- the rest is for all of its elements
    found := found -> path[i];
  END LOOP;
  IF found IS NULL OR jsonb_typeof(found) <> 'array' THEN
    RETURN document_order(found);
  END IF;
  IF descending THEN
    result := (SELECT document_order(ends) FROM document_ends(data, path) AS ends ORDER BY document_order(ends) DESC LIMIT 1);
  ELSE
    result := (SELECT document_order(ends) FROM document_ends(data, path) AS ends ORDER BY document_order(ends) LIMIT 1);
  END IF;
  RETURN coalesce(result, document_order(NULL)); -- an array without elements in the middle of the path
END
$$;
