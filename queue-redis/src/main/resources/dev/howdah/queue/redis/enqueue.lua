-- Stores tasks. ARGV: thirteen for each; absent ones are empty.
-- Answers {index, holder} pairs for those whose key is held by another task.
local STRIDE = 13
local placed, live, types, taken = {}, {}, {}, {}

local function flush()
  for key, scores in pairs(placed) do
    call('ZADD', key, unpack(scores))
  end
  placed = {}
end

local function start(delay_ms, run_at)
  return run_at ~= '' and tonumber(run_at) or now + tonumber(delay_ms) * 1000
end

local function set_optional(task, name, value)
  if value ~= '' then
    call('HSET', task, name, value)
  else
    call('HDEL', task, name)
  end
end

-- Does to the holder of a key what the new task asks for, unless it runs already.
local function settle(holder, i)
  local conflict = ARGV[i + 12]
  local task = P .. 'task:' .. holder
  local t = call('HMGET', task, 'state', 'type', 'priority', 'attempt')
  if conflict == 'skip' or t[1] ~= 'queued' then
    return
  end
  flush()
  unplace(holder, t[2])
  local run_at = start(ARGV[i + 6], ARGV[i + 7])
  call('HSET', task, 'run', text(run_at))
  local priority = t[3]
  if conflict == 'replace' then
    priority = ARGV[i + 3]
    call('HSET', task, 'payload', ARGV[i + 4], 'priority', priority, 'max', ARGV[i + 5],
      'last', t[4] + ARGV[i + 5])
    set_optional(task, 'timeout', ARGV[i + 9])
    set_optional(task, 'ttl', ARGV[i + 10])
  end
  place(holder, t[2], tonumber(priority), run_at)
end

-- Who holds the task's key, if another does; takes it otherwise.
local function holder_of(id, key, unique_ms, i)
  local holder = unique_ms ~= '' and call('GET', P .. 'unique:' .. key)
  if holder then
    return holder
  end
  holder = call('HGET', P .. 'keys', key)
  if holder then
    settle(holder, i)
  else
    call('HSET', P .. 'keys', key, id)
  end
  if unique_ms ~= '' then
    call('SET', P .. 'unique:' .. key, holder or id, 'PX', unique_ms)
  end
  return holder
end

for i = 1, #ARGV, STRIDE do
  local id, type, queue, priority, payload, max = unpack(ARGV, i, i + 5)
  local key, timeout, ttl, unique_ms = unpack(ARGV, i + 8, i + 11)
  local holder = key ~= '' and holder_of(id, key, unique_ms, i)
  if holder then
    taken[#taken + 1] = (i - 1) / STRIDE
    taken[#taken + 1] = holder
  else
    local run_at = start(ARGV[i + 6], ARGV[i + 7])
    local task = P .. 'task:' .. id
    call('HSET', task, 'state', 'queued', 'type', type, 'queue', queue, 'priority', priority, 'payload', payload,
      'created', NOW, 'run', text(run_at), 'attempt', '0', 'last', max, 'max', max)
    if key ~= '' then call('HSET', task, 'key', key) end
    if timeout ~= '' then call('HSET', task, 'timeout', timeout) end
    if ttl ~= '' then call('HSET', task, 'ttl', ttl) end
    local to, score = P .. 'delayed', math.ceil(run_at / 1000)
    if run_at <= now then
      to, score = P .. 'ready:' .. type, score_of(tonumber(priority), run_at)
    end
    local scores = placed[to] or {}
    placed[to] = scores
    scores[#scores + 1] = score
    scores[#scores + 1] = id
    live[#live + 1] = 0
    live[#live + 1] = id
    types[type] = (types[type] or 0) + 1
  end
end
flush()
if #live > 0 then
  call('ZADD', P .. 'live', unpack(live))
  local hour = P .. 'created:' .. text(math.floor(now / 3600000000))
  for type, count in pairs(types) do
    call('SADD', P .. 'types', type)
    call('HINCRBY', hour, type, count)
  end
  call('EXPIRE', hour, 90000)
end
wake()
return taken
