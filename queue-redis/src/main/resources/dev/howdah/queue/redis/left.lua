-- How many tasks workers have started; what is held for a move has a lease of a hundred years and does not count.
local FIFTY_YEARS_MS = 1577880000000
return call('ZCOUNT', P .. 'leases', '-inf', now_ms + FIFTY_YEARS_MS)
