-- Holds queued tasks for a move, from the oldest on. ARGV: id to begin after or '', limit, who holds. Looks at a bounded
-- number. Answers the id to go on after ('' at the end), then id and fields of each.
though_memory_is_full()
local SEEN_MAX, HUNDRED_YEARS_MS = 1000, 3155760000000
local after, limit, mover = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local ids = call('ZRANGE', P .. 'live', after == '' and '-' or '(' .. after, '+', 'BYLEX', 'LIMIT', 0, SEEN_MAX)
local answer = {''}
for _, id in ipairs(ids) do
  local task = P .. 'task:' .. id
  local t = call('HMGET', task, 'state', 'type', 'worker')
  if t[1] == 'queued' then
    unplace(id, t[2])
    -- The attempt rises, so that whoever had the task before cannot end it; it gets one more instead.
    call('HINCRBY', task, 'attempt', 1)
    call('HINCRBY', task, 'last', 1)
    call('HSET', task, 'state', 'started', 'worker', mover, 'started', NOW)
    call('ZADD', P .. 'leases', now_ms + HUNDRED_YEARS_MS, id)
  end
  if t[1] == 'queued' or (t[1] == 'started' and t[3] == mover) then
    answer[#answer + 1] = id
    answer[#answer + 1] = call('HGETALL', task)
  end
  answer[1] = id
  if #answer > 2 * limit then
    return answer
  end
end
if #ids < SEEN_MAX then
  answer[1] = ''
end
return answer
