-- Partitions count turns from now on, 2^20 positions each: those that stand behind their queue begin with its next turn.
UPDATE partitions
   SET position = 0;

CREATE OR REPLACE FUNCTION enqueue_task(p_id uuid, p_type text, p_payload jsonb, p_queue text DEFAULT 'default',
    p_priority integer DEFAULT 0, p_delay interval DEFAULT '0', p_max_attempts integer DEFAULT 3,
    p_key text DEFAULT NULL)
    RETURNS uuid
    LANGUAGE plpgsql AS $$
DECLARE
  place bigint := nextval('tasks_position_seq');
  stored uuid;
  known queues%ROWTYPE;
BEGIN
  INSERT INTO queues (name) VALUES (p_queue) ON CONFLICT DO NOTHING;
  INSERT INTO lanes (queue, priority) VALUES (p_queue, p_priority) ON CONFLICT DO NOTHING;
  SELECT q.* INTO known FROM queues q WHERE q.name = p_queue;
  IF known.draining_at IS NOT NULL THEN
    RAISE EXCEPTION 'queue "%" is draining and takes no new tasks', p_queue
      USING HINT = 'resume it with: howdah queue resume ' || p_queue, ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF known.fair THEN -- without a partition: in the turn that comes next
    place := (((known.position >> 20) + 1) << 20) | (place & 1048575);
  END IF;
  INSERT INTO tasks (id, position, type, queue, priority, payload, key, max_attempts, attempts_end, ready, run_at)
  VALUES (p_id, place, p_type, p_queue, p_priority, p_payload, p_key, p_max_attempts, p_max_attempts,
          p_delay <= interval '0', now() + p_delay)
      ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
  RETURNING id INTO stored;
  IF stored IS NULL THEN
    SELECT t.id INTO stored FROM tasks t WHERE t.key = p_key;
  END IF;
  RETURN stored;
END
$$;
