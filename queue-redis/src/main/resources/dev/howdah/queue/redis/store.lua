-- Stores tasks of another store under their ids. ARGV: fourteen for each; absent ones are empty. Answers the indexes of
-- those that cannot be stored since their key is taken.
local STRIDE = 14
local refused = {}
for i = 1, #ARGV, STRIDE do
  local id, type, queue, priority, payload, created, run_at = unpack(ARGV, i, i + 6)
  local attempt, last, max, key, timeout, ttl, error = unpack(ARGV, i + 7, i + 13)
  local task = P .. 'task:' .. id
  if call('EXISTS', task) == 0 then
    if key ~= '' and call('HSETNX', P .. 'keys', key, id) == 0 then
      refused[#refused + 1] = (i - 1) / STRIDE
    else
      call('HSET', task, 'state', 'queued', 'type', type, 'queue', queue, 'priority', priority, 'payload', payload,
        'created', created, 'run', run_at, 'attempt', attempt, 'last', last, 'max', max)
      for name, value in pairs({key = key, timeout = timeout, ttl = ttl, error = error}) do
        if value ~= '' then
          call('HSET', task, name, value)
        end
      end
      call('ZADD', P .. 'live', 0, id)
      call('SADD', P .. 'types', type)
      place(id, type, tonumber(priority), tonumber(run_at))
    end
  end
end
wake()
return refused
