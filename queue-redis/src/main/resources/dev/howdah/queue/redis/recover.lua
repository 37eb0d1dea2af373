-- Takes tasks back whose lease ran out. ARGV: limit, what to say. Answers how many.
though_memory_is_full()
local ids = call('ZRANGEBYSCORE', P .. 'leases', '-inf', '(' .. text(now_ms), 'LIMIT', 0, ARGV[1])
local failed, back = {}, 0
for _, id in ipairs(ids) do
  local task = P .. 'task:' .. id
  local t = call('HMGET', task, 'state', 'attempt', 'last', 'key', 'worker', 'type', 'run', 'started', 'priority')
  if t[1] ~= 'started' then
    call('ZREM', P .. 'leases', id)
  elseif tonumber(t[2]) >= tonumber(t[3]) then
    call('HSET', task, 'state', 'failed', 'error', ARGV[2], 'ended', NOW)
    free_key(id, t[4])
    failed[#failed + 1] = id
  else
    remember(id, t[2], 'lost', t[5], t[8], NOW, ARGV[2])
    call('HSET', task, 'state', 'queued', 'error', ARGV[2])
    call('ZREM', P .. 'leases', id)
    place(id, t[6], tonumber(t[9]), tonumber(t[7]))
    back = back + 1
  end
end
index_ended('failed', failed)
if back > 0 then
  wake()
end
return back + #failed
