-- Forgets results whose time is over. ARGV: limit. Answers how many.
local over = call('ZRANGEBYSCORE', P .. 'expiring', '-inf', now_ms, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(over) do
  call('HDEL', P .. 'task:' .. id, 'result')
end
if #over > 0 then
  call('ZREM', P .. 'expiring', unpack(over))
end
return #over
