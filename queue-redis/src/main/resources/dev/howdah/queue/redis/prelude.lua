-- Stands before every script. KEYS[1] is the prefix of all keys; its hash tag keeps them on one node of a cluster.
-- Times are microseconds of this server's clock; such a number is exact in a double until the year 2255.
local P = KEYS[1]
local call = redis.call
local clock = call('TIME')
local now = clock[1] * 1000000 + clock[2]
local now_ms = math.floor(now / 1000)

-- As text; Lua by itself would round a number of this length.
local function text(number)
  return string.format('%.0f', number)
end

local NOW = text(now)
local ATTEMPTS_KEPT = 1000
-- A ready task's score: the lane of its priority, and within it the millisecond since 2020 from which it may run. Both fit
-- into the 53 bits of a double: 2001 lanes of 2^42 ms. Members of one score sort by id, that is by creation.
local LANE = 4398046511104
local EPOCH_MS = 1577836800000

local function score_of(priority, run_at)
  return (1000 - priority) * LANE + math.max(0, math.floor(run_at / 1000) - EPOCH_MS)
end

-- Lets a queued task be claimed, now or when its time has come.
local function place(id, type, priority, run_at)
  if run_at > now then
    call('ZADD', P .. 'delayed', math.ceil(run_at / 1000), id)
  else
    call('ZADD', P .. 'ready:' .. type, score_of(priority, run_at), id)
  end
end

local function unplace(id, type)
  if call('ZREM', P .. 'ready:' .. type, id) == 0 then
    call('ZREM', P .. 'delayed', id)
  end
end

-- Goes on though the memory is used up. Redis refuses a script's first write then if that needs memory, and lets every one
-- behind it through; so that work can be done and ended while nothing new is taken, the first is one that needs none.
local function though_memory_is_full()
  call('DEL', P .. 'none')
end

local function wake()
  call('PUBLISH', P .. 'look', '')
end

-- Remembers an attempt after which the task goes on; the end of the last one stands in the task itself.
local function remember(id, attempt, outcome, worker, started_at, ended_at, error)
  local key = P .. 'attempts:' .. id
  local entry = {attempt or '0', outcome, worker or '', started_at or '', ended_at, error or ''}
  if call('RPUSH', key, cjson.encode(entry)) > ATTEMPTS_KEPT then
    call('LTRIM', key, -ATTEMPTS_KEPT, -1)
  end
end

local function free_key(id, key)
  if key and call('HGET', P .. 'keys', key) == id then
    call('HDEL', P .. 'keys', key)
  end
end

-- Moves tasks that have ended between the indexes, in one command each.
local function index_ended(state, ids)
  if #ids == 0 then
    return
  end
  local by_id, by_end = {}, {}
  for i, id in ipairs(ids) do
    by_id[2 * i - 1], by_id[2 * i] = 0, id
    by_end[2 * i - 1], by_end[2 * i] = now_ms, id
  end
  call('ZREM', P .. 'leases', unpack(ids))
  call('ZREM', P .. 'live', unpack(ids))
  call('ZADD', P .. state, unpack(by_id))
  call('ZADD', P .. 'ended', unpack(by_end))
end

-- Deletes what is stored of a task, wherever it stands.
local function erase(id, state, type, key)
  if state == 'queued' then
    unplace(id, type)
  end
  if state == 'queued' or state == 'started' then
    call('ZREM', P .. 'leases', id)
    call('ZREM', P .. 'live', id)
    free_key(id, key)
  else
    call('ZREM', P .. state, id)
    call('ZREM', P .. 'ended', id)
    call('ZREM', P .. 'expiring', id)
  end
  call('UNLINK', P .. 'task:' .. id, P .. 'attempts:' .. id, P .. 'log:' .. id)
end

-- What people do to single tasks. Each answers 'ok', or why it was not done: '' for no such task, its state, or 'key'.
local actions = {}

function actions.cancel(id)
  local t = call('HMGET', P .. 'task:' .. id, 'state', 'type', 'key')
  if t[1] ~= 'queued' and t[1] ~= 'started' then
    return t[1] or ''
  end
  if t[1] == 'queued' then
    unplace(id, t[2])
  end
  free_key(id, t[3])
  call('HSET', P .. 'task:' .. id, 'state', 'cancelled', 'ended', NOW)
  index_ended('cancelled', {id})
  return 'ok'
end

-- The end that stood in the task goes to the attempts before it.
function actions.retry(id)
  local task = P .. 'task:' .. id
  local t = call('HMGET', task, 'state', 'type', 'key', 'priority', 'attempt', 'max', 'worker', 'started', 'ended',
    'error')
  if t[1] ~= 'failed' and t[1] ~= 'cancelled' then
    return t[1] or ''
  end
  if t[3] and call('HSETNX', P .. 'keys', t[3], id) == 0 then
    return 'key'
  end
  local why = t[10]
  if t[1] == 'cancelled' and not why then
    why = 'cancelled by request'
  end
  remember(id, t[5], t[1], t[7], t[8], t[9], why)
  call('ZREM', P .. t[1], id)
  call('ZREM', P .. 'ended', id)
  call('ZADD', P .. 'live', 0, id)
  call('HDEL', task, 'ended', 'progress', 'worker')
  call('HSET', task, 'state', 'queued', 'run', NOW, 'last', t[5] + t[6])
  place(id, t[2], tonumber(t[4]), now)
  return 'ok'
end

function actions.discard(id)
  local t = call('HMGET', P .. 'task:' .. id, 'state', 'type', 'key')
  if not t[1] or t[1] == 'queued' or t[1] == 'started' then
    return t[1] or ''
  end
  erase(id, t[1], t[2], t[3])
  return 'ok'
end

