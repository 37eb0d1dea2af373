-- Answers all that is stored of tasks, as a flat list for each; empty for one that does not exist. ARGV: ids.
local answer = {}
for i, id in ipairs(ARGV) do
  answer[i] = call('HGETALL', P .. 'task:' .. id)
end
return answer
