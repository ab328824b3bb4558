-- The rule of _line.py, shared by all workers through one Redis. Each call is one step that nothing interrupts.
--
-- KEYS[1]  a name before all keys, with a hash tag, so that a cluster keeps them together
-- ARGV     operation, worker, lease (ms), streams, streams each, queue, queue each, then the operation's own
--
-- A worker holds a lease on everything it has. One that doesn't renew it in time is gone, and its places come back.
-- When Redis was restarted, what it knows may be old: it forgets all, asks every worker to tell what it has (the reply
-- "stranger"), and gives no new place until the last lease that may be out there has ended.

local op, worker = ARGV[1], ARGV[2]
local lease, streams, each = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local queue, queue_each = tonumber(ARGV[6]), tonumber(ARGV[7])

local function key(name) return KEYS[1] .. ':' .. name end
local STATE, WORKERS, USER, WORKER = key('state'), key('workers'), key('user'), key('worker')
local RUNNING, BUSY, LINE = key('running'), key('busy'), key('line')
local function pocket(user) return key('pocket:' .. user) end   -- a user's waiting requests, by arrival
local function belongings(name) return key('of:' .. name) end   -- a worker's requests

local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(micros / 1000)

-- Ever growing, also over a loss of memory.
local function next_number()
  local number = math.max(tonumber(redis.call('HGET', STATE, 'number') or '0') + 1, micros)
  redis.call('HSET', STATE, 'number', string.format('%.0f', number))
  return number
end

local function running() return redis.call('HLEN', RUNNING) end
local function waiting() return redis.call('HLEN', USER) - running() end
local function may_run(user) return tonumber(redis.call('HGET', BUSY, user) or '0') < each end

local function keep(id, owner, user)
  redis.call('HSET', USER, id, user)
  redis.call('HSET', WORKER, id, owner)
  redis.call('SADD', belongings(owner), id)
end

local function run(id, user)
  redis.call('HSET', RUNNING, id, string.format('%.0f', now))
  redis.call('HINCRBY', BUSY, user, 1)
end

local function wait(id, user, number)
  redis.call('ZADD', pocket(user), string.format('%.0f', number), id)
  redis.call('ZADD', LINE, 'LT', string.format('%.0f', number), user)  -- a lower one comes from who joins again
end

local function remember(duration)
  local mean = tonumber(redis.call('HGET', STATE, 'mean'))
  local count = math.min(redis.call('HINCRBY', STATE, 'count', 1), 50)
  mean = mean and mean + (duration - mean) / count or duration
  redis.call('HSET', STATE, 'mean', string.format('%.3f', mean))
end

local function leave(id, measured)
  local user = redis.call('HGET', USER, id)
  if not user then return end
  redis.call('HDEL', USER, id)
  redis.call('SREM', belongings(redis.call('HGET', WORKER, id)), id)
  redis.call('HDEL', WORKER, id)
  local since = redis.call('HGET', RUNNING, id)
  if since then
    redis.call('HDEL', RUNNING, id)
    if redis.call('HINCRBY', BUSY, user, -1) <= 0 then redis.call('HDEL', BUSY, user) end
    if measured then remember((now - tonumber(since)) / 1000) end
  else
    redis.call('ZREM', pocket(user), id)
    if redis.call('EXISTS', pocket(user)) == 0 then redis.call('ZREM', LINE, user) end
  end
end

local function drop(name)
  for _, id in ipairs(redis.call('SMEMBERS', belongings(name))) do leave(id, false) end
  redis.call('DEL', belongings(name))
  redis.call('ZREM', WORKERS, name)
end

local function next_user()
  local start = 0
  while true do
    local users = redis.call('ZRANGE', LINE, start, start + 49)
    if #users == 0 then return nil end
    for _, user in ipairs(users) do
      if may_run(user) then return user end
    end
    start = start + 50
  end
end

local function settling() return now < tonumber(redis.call('HGET', STATE, 'settled') or '0') end

local function serve()
  if settling() then return end
  while running() < streams do
    local user = next_user()
    if not user then return end
    local id = redis.call('ZPOPMIN', pocket(user))[1]
    redis.call('ZREM', LINE, user)
    if redis.call('EXISTS', pocket(user)) == 1 then
      redis.call('ZADD', LINE, string.format('%.0f', next_number()), user)
    end
    run(id, user)
    redis.call('PUBLISH', key('turn:' .. redis.call('HGET', WORKER, id)), id)
  end
end

-- {id, 'running'} or {id, rank, turns, may run}
local function tell(id)
  if redis.call('HEXISTS', RUNNING, id) == 1 then return {id, 'running'} end
  local user = redis.call('HGET', USER, id)
  if not user then return {id, 'unknown'} end
  local rank, turns = redis.call('ZRANK', LINE, user) + 1, redis.call('ZRANK', pocket(user), id)
  return {id, rank, turns, may_run(user) and 1 or 0}
end

local function figures(first)
  return {first, redis.call('HGET', STATE, 'mean') or '', redis.call('ZCARD', LINE)}
end

-- Is it still the Redis that it was?
local info = redis.call('INFO', 'server')
local run_id = string.match(info, 'run_id:(%w+)')
local known = redis.call('HGET', STATE, 'run_id')
if known ~= run_id then
  for _, name in ipairs(redis.call('ZRANGE', WORKERS, 0, -1)) do drop(name) end
  -- A Redis that was there long before the first gateway has lost nothing.
  local first = not known and op == 'join' and ARGV[8] == 'new'
    and tonumber(string.match(info, 'uptime_in_seconds:(%d+)')) * 1000 > lease
  redis.call('HSET', STATE, 'run_id', run_id, 'settled', string.format('%.0f', first and 0 or now + lease))
end

for _, name in ipairs(redis.call('ZRANGEBYSCORE', WORKERS, '-inf', now)) do drop(name) end

if op == 'join' then
  -- 'new' or 'again', then id, user, and 'running' or the number of its arrival, for each
  drop(worker)
  redis.call('ZADD', WORKERS, now + lease, worker)
  for place = 9, #ARGV, 3 do
    local id, user, state = ARGV[place], ARGV[place + 1], ARGV[place + 2]
    keep(id, worker, user)
    if state == 'running' then run(id, user) else wait(id, user, tonumber(state)) end
  end
  serve()
  return figures('welcome')
end

if op == 'look' then
  return {running(), waiting()}
end

if not redis.call('ZSCORE', WORKERS, worker) then
  serve()
  return {'stranger'}
end
redis.call('ZADD', WORKERS, now + lease, worker)

if op == 'enter' then
  local id, user = ARGV[8], ARGV[9]
  local reply
  serve()
  if redis.call('HEXISTS', USER, id) == 1 then
    reply = figures('entered')                       -- the first try's answer was lost on the way
  elseif redis.call('ZCARD', pocket(user)) == 0 and running() < streams and may_run(user) and not settling() then
    keep(id, worker, user)
    run(id, user)
    reply = figures('entered')
  elseif waiting() >= queue then
    return figures('queue full')
  elseif redis.call('ZCARD', pocket(user)) >= queue_each then
    return figures('pocket full')
  else
    keep(id, worker, user)
    wait(id, user, next_number())
    reply = figures('entered')
  end
  reply[4] = tell(id)
  reply[5] = redis.call('ZSCORE', pocket(user), id)
  return reply
end

if op == 'leave' then
  for place = 8, #ARGV do leave(ARGV[place], true) end
  serve()
  return figures('left')
end

if op == 'renew' then
  -- the requests that wait, as the worker knows it
  serve()
  local reply = figures('renewed')
  for place = 8, #ARGV do reply[#reply + 1] = tell(ARGV[place]) end
  return reply
end

if op == 'quit' then
  drop(worker)
  serve()
  return figures('bye')
end

return redis.error_reply('no operation ' .. op)
