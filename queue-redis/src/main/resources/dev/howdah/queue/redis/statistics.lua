-- Answers the numbers of queued, started, finished, failed and cancelled tasks, the oldest wait and the average duration in
-- microseconds or '', the attempts finished in the last minute; then types and how many were created in 24 hours.
local LANES_MAX = 1000
local started = call('ZCARD', P .. 'leases')
local answer = {call('ZCARD', P .. 'live') - started, started, call('ZCARD', P .. 'finished'), call('ZCARD', P .. 'failed'),
  call('ZCARD', P .. 'cancelled')}

-- The first task of each lane has waited longest in it; from there the next lane that has a task is one look away.
local function oldest_wait()
  local oldest
  local looks = 0
  for _, type in ipairs(call('SMEMBERS', P .. 'types')) do
    local from = '-inf'
    while looks < LANES_MAX do
      looks = looks + 1
      local head = call('ZRANGE', P .. 'ready:' .. type, from, '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
      if not head[1] then
        break
      end
      local lane = math.floor(head[2] / LANE)
      local t = call('HMGET', P .. 'task:' .. head[1], 'run', 'created')
      if t[1] then
        local since = math.max(tonumber(t[1]), tonumber(t[2]))
        oldest = oldest and math.min(oldest, since) or since
      end
      from = text((lane + 1) * LANE)
    end
  end
  return oldest and text(math.max(0, now - oldest)) or ''
end

local function average_duration()
  local durations = call('LRANGE', P .. 'durations', 0, -1)
  local sum = 0
  for _, duration in ipairs(durations) do
    sum = sum + duration
  end
  return #durations > 0 and text(sum / #durations) or ''
end

local seconds = {}
for ago = 0, 59 do
  seconds[#seconds + 1] = P .. 'done:' .. text(clock[1] - ago)
end
local last_minute = 0
for _, count in ipairs(call('MGET', unpack(seconds))) do
  last_minute = last_minute + (count or 0)
end

answer[6], answer[7], answer[8] = oldest_wait(), average_duration(), last_minute
local hour = math.floor(now / 3600000000)
local types = {}
for ago = 0, 23 do
  local counts = call('HGETALL', P .. 'created:' .. text(hour - ago))
  for i = 1, #counts, 2 do
    types[counts[i]] = (types[counts[i]] or 0) + counts[i + 1]
  end
end
for type, count in pairs(types) do
  answer[#answer + 1] = type
  answer[#answer + 1] = count
end
return answer
