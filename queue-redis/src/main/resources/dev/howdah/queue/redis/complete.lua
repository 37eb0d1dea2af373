-- Ends attempts, each under its fence. ARGV: six for each: id, attempt, outcome, result or error, whether another attempt
-- may help, pause in ms. Answers the indexes of those that were refused.
though_memory_is_full()
local STRIDE, DURATIONS_KEPT, RATE_SECONDS = 6, 1000, 120
local refused, finished, failed, durations, unleased = {}, {}, {}, {}, {}

local function finish(id, task, t, result)
  call('HSET', task, 'state', 'finished', 'result', result, 'ended', NOW)
  if t[9] then
    call('HDEL', task, 'error')
  end
  free_key(id, t[4])
  if t[10] then
    call('ZADD', P .. 'expiring', now_ms + t[10], id)
  end
  finished[#finished + 1] = id
  durations[#durations + 1] = text(now - t[8])
end

local function fail(id, task, t, error)
  call('HSET', task, 'state', 'failed', 'error', error, 'ended', NOW)
  free_key(id, t[4])
  failed[#failed + 1] = id
end

-- A released or snoozed attempt does not count: its number is the fence and not used again, so the task gets one more.
local function give_back(id, task, t, outcome, error, pause_ms)
  local run_at = outcome == 'released' and tonumber(t[7]) or now + pause_ms * 1000
  remember(id, t[2], outcome, t[5], t[8], NOW, error)
  call('HSET', task, 'state', 'queued', 'run', text(run_at))
  if outcome == 'failed' then
    call('HSET', task, 'error', error)
  else
    call('HINCRBY', task, 'last', 1)
  end
  unleased[#unleased + 1] = id
  place(id, t[6], tonumber(t[11]), run_at)
end

for i = 1, #ARGV, STRIDE do
  local id, attempt, outcome, said, retryable, pause_ms = unpack(ARGV, i, i + 5)
  local task = P .. 'task:' .. id
  local t = call('HMGET', task, 'state', 'attempt', 'last', 'key', 'worker', 'type', 'run', 'started', 'error', 'ttl',
    'priority')
  if t[1] ~= 'started' or t[2] ~= attempt then
    refused[#refused + 1] = (i - 1) / STRIDE
  elseif outcome == 'finished' then
    finish(id, task, t, said)
  elseif outcome == 'failed' and (retryable ~= '1' or tonumber(attempt) >= tonumber(t[3])) then
    fail(id, task, t, said)
  else
    give_back(id, task, t, outcome, said, tonumber(pause_ms))
  end
end
index_ended('finished', finished)
index_ended('failed', failed)
if #finished > 0 then
  if call('RPUSH', P .. 'durations', unpack(durations)) > DURATIONS_KEPT then
    call('LTRIM', P .. 'durations', -DURATIONS_KEPT, -1)
  end
  local second = P .. 'done:' .. clock[1]
  call('INCRBY', second, #finished)
  call('EXPIRE', second, RATE_SECONDS)
end
if #unleased > 0 then
  call('ZREM', P .. 'leases', unpack(unleased))
  wake()
end
return refused
