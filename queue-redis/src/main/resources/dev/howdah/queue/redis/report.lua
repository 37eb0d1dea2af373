-- Stores progress and log lines of attempts that hold. ARGV: lines kept of a task; for each report id, attempt, progress
-- or '', number of lines, lines.
though_memory_is_full()
local kept = tonumber(ARGV[1])
local i = 2
while i <= #ARGV do
  local id, attempt, progress, count = unpack(ARGV, i, i + 3)
  local t = call('HMGET', P .. 'task:' .. id, 'state', 'attempt')
  if t[1] == 'started' and t[2] == attempt then
    if progress ~= '' then
      call('HSET', P .. 'task:' .. id, 'progress', progress)
    end
    local log = P .. 'log:' .. id
    local room = kept - call('LLEN', log)
    for line = 1, math.min(tonumber(count), room) do
      call('RPUSH', log, attempt .. ' ' .. NOW .. ' ' .. ARGV[i + 3 + line])
    end
  end
  i = i + 4 + count
end
return 1
