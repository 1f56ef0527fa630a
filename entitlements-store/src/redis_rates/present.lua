-- Which processes there are: each by the time until which it is there, by the clock of the server.
--
-- ARGV: the process, and for how many milliseconds it is there. Answer: how many are.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2] * 1000), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if last[2] then redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.ceil(last[2] / 1000))) end
return redis.call('ZCARD', KEYS[1])
