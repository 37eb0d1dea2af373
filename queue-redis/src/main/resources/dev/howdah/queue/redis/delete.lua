-- Deletes tasks that ended long ago. ARGV: age in ms, limit. Answers how many.
local old = call('ZRANGEBYSCORE', P .. 'ended', '-inf', '(' .. text(now_ms - ARGV[1]), 'LIMIT', 0, ARGV[2])
for _, id in ipairs(old) do
  if actions.discard(id) ~= 'ok' then
    call('ZREM', P .. 'ended', id)
  end
end
return #old
