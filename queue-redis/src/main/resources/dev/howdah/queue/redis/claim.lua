-- Takes due tasks of some types. ARGV: worker, lease in ms, limit, bytes of payloads at most, types.
-- Answers now, ms of the next delayed task or '', then eight values for each task.
though_memory_is_full()
local PROMOTED_MAX, CHUNK = 500, 64
local worker, lease_ms, limit, bytes_left = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local due = call('ZRANGEBYSCORE', P .. 'delayed', '-inf', now_ms, 'LIMIT', 0, PROMOTED_MAX)
for _, id in ipairs(due) do
  local t = call('HMGET', P .. 'task:' .. id, 'type', 'priority', 'run')
  if t[1] then
    call('ZADD', P .. 'ready:' .. t[1], score_of(tonumber(t[2]), tonumber(t[3])), id)
  end
end
if #due > 0 then
  call('ZREM', P .. 'delayed', unpack(due))
end

-- One source for each type, merged; what is taken of a source is always its beginning.
local sources = {}
local chunk = #ARGV == 5 and limit or CHUNK

local function advance(source)
  if source.i > #source.buffer then
    source.buffer = call('ZRANGE', source.key, source.from, source.from + chunk - 1, 'WITHSCORES')
    source.from = source.from + chunk
    source.i = 1
  end
  source.id = source.buffer[source.i]
  source.score = tonumber(source.buffer[source.i + 1])
  source.i = source.i + 2
end

for i = 5, #ARGV do
  local source = {type = ARGV[i], key = P .. 'ready:' .. ARGV[i], from = 0, taken = 0, i = 1, buffer = {}}
  advance(source)
  if source.id then
    sources[#sources + 1] = source
  end
end

local next_delayed = call('ZRANGE', P .. 'delayed', 0, 0, 'WITHSCORES')[2]
local answer = {NOW, next_delayed and text(math.max(0, next_delayed - now_ms)) or ''}
local leases = {}
while #leases < 2 * limit and bytes_left > 0 do
  local best
  for _, source in ipairs(sources) do
    if source.id and (not best or source.score < best.score or (source.score == best.score and source.id < best.id)) then
      best = source
    end
  end
  if not best then
    break
  end
  local id = best.id
  local task = P .. 'task:' .. id
  local t = call('HMGET', task, 'state', 'queue', 'payload', 'attempt', 'last', 'created', 'timeout')
  if t[1] == 'queued' then
    local attempt = t[4] + 1
    call('HSET', task, 'state', 'started', 'attempt', attempt, 'worker', worker, 'started', NOW)
    leases[#leases + 1] = now_ms + lease_ms
    leases[#leases + 1] = id
    local n = #answer
    answer[n + 1], answer[n + 2], answer[n + 3], answer[n + 4] = id, best.type, t[2], t[3]
    answer[n + 5], answer[n + 6], answer[n + 7], answer[n + 8] = text(attempt), t[5], t[6], t[7] or ''
    bytes_left = bytes_left - #t[3]
  end
  best.taken = best.taken + 1
  advance(best)
end
for _, source in ipairs(sources) do
  if source.taken > 0 then
    call('ZREMRANGEBYRANK', source.key, 0, source.taken - 1)
  end
end
if #leases > 0 then
  call('ZADD', P .. 'leases', unpack(leases))
end
return answer
