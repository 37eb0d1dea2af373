-- Extends leases. ARGV: lease in ms, then id and attempt of each. Answers the indexes of those that do not hold any more.
though_memory_is_full()
local until_ms = now_ms + ARGV[1]
local lost, leases = {}, {}
for i = 2, #ARGV, 2 do
  local t = call('HMGET', P .. 'task:' .. ARGV[i], 'state', 'attempt')
  if t[1] == 'started' and t[2] == ARGV[i + 1] then
    leases[#leases + 1] = until_ms
    leases[#leases + 1] = ARGV[i]
  else
    lost[#lost + 1] = (i - 2) / 2
  end
end
if #leases > 0 then
  call('ZADD', P .. 'leases', 'XX', unpack(leases))
end
return lost
