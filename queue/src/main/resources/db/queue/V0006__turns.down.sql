UPDATE partitions
   SET position = 0;

CREATE OR REPLACE FUNCTION enqueue_task(p_id uuid, p_type text, p_payload jsonb, p_queue text DEFAULT 'default',
    p_priority integer DEFAULT 0, p_delay interval DEFAULT '0', p_max_attempts integer DEFAULT 3,
    p_key text DEFAULT NULL)
    RETURNS uuid
    LANGUAGE plpgsql AS $$
DECLARE
  stored uuid;
BEGIN
  INSERT INTO queues (name) VALUES (p_queue) ON CONFLICT DO NOTHING;
  INSERT INTO lanes (queue, priority) VALUES (p_queue, p_priority) ON CONFLICT DO NOTHING;
  IF EXISTS (SELECT FROM queues q WHERE q.name = p_queue AND q.draining_at IS NOT NULL) THEN
    RAISE EXCEPTION 'queue "%" is draining and takes no new tasks', p_queue
      USING HINT = 'resume it with: howdah queue resume ' || p_queue, ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  INSERT INTO tasks (id, type, queue, priority, payload, key, max_attempts, attempts_end, ready, run_at)
  VALUES (p_id, p_type, p_queue, p_priority, p_payload, p_key, p_max_attempts, p_max_attempts,
          p_delay <= interval '0', now() + p_delay)
      ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
  RETURNING id INTO stored;
  IF stored IS NULL THEN
    SELECT t.id INTO stored FROM tasks t WHERE t.key = p_key;
  END IF;
  RETURN stored;
END
$$;
