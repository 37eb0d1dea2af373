-- Goes through tasks from the newest on and acts on those that match. ARGV: action (list, cancel, retry, discard), cursor or
-- '', limit, type or '', queue or '', states. Looks at a bounded number. Answers the cursor to go on from ('' at the end),
-- then the ids of those that matched and had it done.
local SEEN_MAX, CHUNK, STARTED_MAX = 2000, 200, 5000
local action, cursor, limit, type, queue = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local wanted, sources = {}, {}

local function advance(source)
  if source.i > #source.buffer then
    source.buffer = call('ZRANGE', source.key, source.from, '-', 'BYLEX', 'REV', 'LIMIT', 0, CHUNK)
    source.i = 1
  end
  source.id = source.buffer[source.i]
  if source.id then
    source.from = '(' .. source.id
    source.i = source.i + 1
  end
end

for i = 6, #ARGV do
  wanted[ARGV[i]] = true
end
local function add(index)
  local source = {key = P .. index, from = cursor == '' and '+' or '(' .. cursor, i = 1, buffer = {}}
  advance(source)
  sources[#sources + 1] = source
end

-- The few that run, without a walk over the many that wait.
local function add_started()
  local ids = {}
  for _, id in ipairs(call('ZRANGE', P .. 'leases', 0, -1)) do
    if cursor == '' or id < cursor then
      ids[#ids + 1] = id
    end
  end
  table.sort(ids, function(a, b) return a > b end)
  local source = {key = P .. 'none', from = '+', i = 1, buffer = ids}
  advance(source)
  sources[#sources + 1] = source
end

if wanted.started and not wanted.queued and call('ZCARD', P .. 'leases') <= STARTED_MAX then
  add_started()
elseif wanted.queued or wanted.started then
  add('live')
end
for _, state in ipairs({'finished', 'failed', 'cancelled'}) do
  if wanted[state] then
    add(state)
  end
end
local looks = type ~= '' or queue ~= '' or wanted.queued ~= wanted.started

local function matches(id)
  if not looks then
    return true
  end
  local t = call('HMGET', P .. 'task:' .. id, 'state', 'type', 'queue')
  return wanted[t[1]] and (type == '' or t[2] == type) and (queue == '' or t[3] == queue)
end

if action ~= 'list' then
  though_memory_is_full()
end
local answer = {''}
for _ = 1, SEEN_MAX do
  local newest
  for _, source in ipairs(sources) do
    if source.id and (not newest or source.id > newest.id) then
      newest = source
    end
  end
  if not newest then
    cursor = ''
    break
  end
  local id = newest.id
  if matches(id) and (action == 'list' or actions[action](id) == 'ok') then
    answer[#answer + 1] = id
  end
  cursor = id
  if #answer > limit then
    break
  end
  advance(newest)
end
answer[1] = cursor
if action == 'retry' and #answer > 1 then
  wake()
end
return answer
