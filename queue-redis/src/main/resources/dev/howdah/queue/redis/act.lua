-- Does something to one task. ARGV: action, id. Answers 'ok' or why not.
though_memory_is_full()
local answer = actions[ARGV[1]](ARGV[2])
if answer == 'ok' and ARGV[1] == 'retry' then
  wake()
end
return answer
