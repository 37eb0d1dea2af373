-- Ends the hold of tasks. ARGV: forget or give_back, who holds, ids. Answers how many were held.
though_memory_is_full()
local count = 0
for i = 3, #ARGV do
  local id = ARGV[i]
  local task = P .. 'task:' .. id
  local t = call('HMGET', task, 'state', 'worker', 'type', 'key', 'priority', 'run')
  if t[1] == 'started' and t[2] == ARGV[2] then
    count = count + 1
    if ARGV[1] == 'forget' then
      erase(id, t[1], t[3], t[4])
    else
      call('HSET', task, 'state', 'queued')
      call('HDEL', task, 'worker')
      call('ZREM', P .. 'leases', id)
      place(id, t[3], tonumber(t[5]), tonumber(t[6]))
    end
  end
end
if ARGV[1] == 'give_back' then
  wake()
end
return count
