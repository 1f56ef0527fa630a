-- The step of spec/rates.md (Q1 to Q8) for all keys of one slot, all or nothing, by the clock of the server.
--
-- A rate is `speed` parts in each microsecond, and `unit` parts are a unit: whole numbers without a common divisor. What is spent of a key is so
-- many whole units and some parts of one. A key's text is `UNITS PARTS/UNIT SPEED TIME TURN`: what was spent at that time, and how often something
-- was given back, as a number that no other record of this key ever had.
--
-- ARGV: `take`, `look` or `back`, then of each ask, in their order, its place in KEYS, `speed`, `unit`, the burst, and
--   to take or look: the cost, and how much is welcome;
--   to give back: how much was taken, what the answer said of before (three numbers), and its time.
-- Answer: 1 where all was admitted and else 0, the time, and of each ask seven numbers: what was taken, what is left, the wait or -1 for ever, the
-- wait for one unit or -1; and what was spent before, in units, in parts, and the turn.
--
-- INVARIANT: all numbers are whole, no unit, speed or burst is above 2^52, and nothing above 2^53 is reckoned with, but for such as are only known
-- to be larger than all that they are compared with.

local floor = math.floor
local LARGEST = 9007199254740992 -- 2^53

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local expires_after = 0 -- the full time

-- What is asked for most: one rate, at the speed at which it was, with numbers of which all products can be held. It is what follows, in parts
-- alone, and takes half the time: none of the functions below has to be made.
if #ARGV == 7 and ARGV[6] == ARGV[7] and ARGV[1] ~= 'back' then
  local speed, unit, burst, cost = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
  local text = redis.pcall('GET', KEYS[1])
  local is_known, owed, turn = text == false, 0, now
  if type(text) == 'string' then
    local units, parts, of, at_speed, at, turned = string.match(text, '^(%d+) (%d+)/(%d+) (%d+) (%d+) (%d+)$')
    if of == ARGV[4] and at_speed == ARGV[3] and tonumber(at) <= now then
      local gone = (now - at) * speed
      owed, turn = units * unit + parts, tonumber(turned)
      is_known = gone < LARGEST and owed < LARGEST and turn <= LARGEST
      owed = math.max(owed - gone, 0)
    end
  end
  if is_known and burst * unit < LARGEST and cost > 0 and cost <= burst then
    local before, wait, taken = owed, 0, 0
    local room = (burst - cost) * unit
    if owed > room then
      wait = math.ceil((owed - room) / speed)
    elseif ARGV[1] == 'take' then
      taken, owed = cost, owed + cost * unit
      local units = floor(owed / unit)
      text = string.format('%.0f %.0f/%s %s %.0f %.0f', units, owed - units * unit, ARGV[4], ARGV[3], now, turn)
      redis.call('SET', KEYS[1], text, 'PX', string.format('%.0f', math.ceil(math.ceil(owed / speed) / 1000) + expires_after))
    end
    local left = math.max(floor((burst * unit - owed) / unit), 0)
    local next = math.max(math.ceil((owed - (burst - 1) * unit) / speed), 0)
    local units = floor(before / unit)
    return { wait == 0 and 1 or 0, now, taken, left, wait, next, units, before - units * unit, turn }
  end
end

-- a * b / n, as a whole number and the rest.
local function product(a, b, n)
  local whole = a * b
  if whole < LARGEST then
    local quotient = floor(whole / n)
    return quotient, whole - quotient * n
  end
  -- So many digits of `b` at once that a product of them with what is below `n` can be held.
  local base = 2
  while n * base * 2 <= LARGEST do base = base * 2 end
  local above = floor(a / n)
  local below = a - above * n
  local place = 1
  while place * base <= b do place = place * base end
  local quotient, rest, left = 0, 0, b
  while place >= 1 do
    local digit = floor(left / place)
    left = left - digit * place
    local shifted = rest * base
    local carried = floor(shifted / n)
    quotient, rest = quotient * base + carried, shifted - carried * n
    local added = below * digit
    carried = floor(added / n)
    quotient, rest = quotient + carried, rest + (added - carried * n)
    if rest >= n then quotient, rest = quotient + 1, rest - n end
    place = place / base
  end
  return quotient + above * b, rest
end

-- The larger amount less the smaller, in units of `unit` parts; nothing where it is not larger.
local function less(units, parts, other_units, other_parts, unit)
  units, parts = units - other_units, parts - other_parts
  if parts < 0 then units, parts = units - 1, parts + unit end
  if units < 0 then return 0, 0 end
  return units, parts
end

-- What has been refilled after so many microseconds.
local function refilled(speed, unit, elapsed)
  if elapsed <= 0 then return 0, 0 end
  return product(elapsed, speed, unit)
end

-- The least microseconds in which so much is refilled.
local function time_for(speed, unit, units, parts)
  local quotient, rest = product(units, unit, speed)
  local more = floor(parts / speed)
  quotient, rest = quotient + more, rest + (parts - more * speed)
  if rest >= speed then quotient, rest = quotient + 1, rest - speed end
  if rest > 0 then quotient = quotient + 1 end
  return math.min(quotient, LARGEST)
end

local function is_speed_of(spent, ask)
  return spent.speed == ask.speed and spent.unit == ask.unit
end

-- Q6: as much is spent, rounded up, and refills at another speed.
local function carried(spent, ask)
  if is_speed_of(spent, ask) then return spent end
  local units, parts, rest = spent.units, product(spent.parts, ask.unit, spent.unit)
  if rest > 0 then parts = parts + 1 end
  if parts >= ask.unit then units, parts = units + 1, parts - ask.unit end
  return { units = units, parts = parts, speed = ask.speed, unit = ask.unit, turn = spent.turn }
end

-- At which speed it goes on where there is no room.
local function going_on(spent, ask)
  local whole, rest = product(ask.speed, spent.unit, ask.unit)
  if whole > spent.speed or (whole == spent.speed and rest > 0) then return carried(spent, ask) end
  return spent
end

local function fits(spent, room)
  return spent.units < room or (spent.units == room and spent.parts == 0)
end

-- Until there is so much room; -1 where there never is.
local function wait_for(spent, room)
  if room < 0 then return -1 end
  if fits(spent, room) then return 0 end
  return time_for(spent.speed, spent.unit, spent.units - room, spent.parts)
end

local function left_of(spent, burst)
  local left = burst - spent.units
  if spent.parts > 0 then left = left - 1 end
  return math.max(left, 0)
end

local function until_one(spent, ask)
  if fits(spent, ask.burst - 1) then return 0 end
  return wait_for(going_on(spent, ask), ask.burst - 1)
end

-- What is spent of a key, as it is now.
local function load(key, ask)
  local text = redis.pcall('GET', key)
  if type(text) == 'table' then
    -- It may not be read at all, or it is no text.
    if not string.find(text.err, '^WRONGTYPE') then redis.call('GET', key) end
    return nil
  end
  if not text then
    return { units = 0, parts = 0, speed = ask.speed, unit = ask.unit, turn = now, is_new = true }
  end
  local units, parts, unit, speed, at, turn = string.match(text, '^(%d+) (%d+)/(%d+) (%d+) (%d+) (%d+)$')
  if not units then return nil end
  local spent = {
    units = tonumber(units), parts = tonumber(parts), unit = tonumber(unit), speed = tonumber(speed), turn = tonumber(turn),
  }
  at = tonumber(at)
  if spent.unit < 1 or spent.speed < 1 then return nil end
  if math.max(spent.units, spent.parts, spent.unit, spent.speed, spent.turn, at) > LARGEST then return nil end
  -- A clock that was set back has refilled nothing; from its new time on it does.
  spent.is_ahead = at > now
  local gone_units, gone_parts = refilled(spent.speed, spent.unit, now - at)
  spent.units, spent.parts = less(spent.units, spent.parts, gone_units, gone_parts, spent.unit)
  return spent
end

local function save(key, spent)
  if spent.units == 0 and spent.parts == 0 then
    redis.call('DEL', key)
    return
  end
  local text = string.format('%.0f %.0f/%.0f %.0f %.0f %.0f', spent.units, spent.parts, spent.unit, spent.speed, now, spent.turn)
  local full_after = time_for(spent.speed, spent.unit, spent.units, spent.parts)
  redis.call('SET', key, text, 'PX', string.format('%.0f', math.ceil(full_after / 1000) + expires_after))
end

local spent = {}

-- Spends what is asked for, and of what is welcome what there is; says how much.
local function take(ask, later)
  local before = spent[ask.key]
  if ask.most == 0 then return 0, before, before end
  local more = math.min(ask.most - ask.cost, left_of(before, ask.burst) - ask.cost - later)
  local taken = ask.cost + math.max(more, 0)
  if taken == 0 then return 0, before, before end
  before = carried(before, ask)
  local after = {
    units = before.units + taken, parts = before.parts, speed = before.speed, unit = before.unit, turn = before.turn,
  }
  return taken, before, after
end

-- Q7: without what of this is not refilled by now.
local function give_back(ask, from)
  local units, parts = refilled(ask.speed, ask.unit, now - ask.at)
  if not is_speed_of(from, ask) then
    -- It refilled at both, one after the other: at most at the faster.
    local other_units, other_parts = refilled(from.speed, from.unit, now - ask.at)
    local converted, rest = product(other_parts, ask.unit, from.unit)
    if rest > 0 then converted = converted + 1 end
    if other_units > units or (other_units == units and converted > parts) then units, parts = other_units, converted end
  elseif ask.turn == from.turn then
    -- What was spent before it refilled first.
    units, parts = less(units, parts, ask.units, ask.parts, ask.unit)
  end
  units, parts = less(ask.cost, 0, units, parts, ask.unit)
  from.units, from.parts = less(from.units, from.parts, units, product(parts, from.unit, ask.unit), from.unit)
end

local asks, asked = {}, {}
local width = #ARGV > 1 and ARGV[1] == 'back' and 9 or 6
for first = 2, #ARGV, width do
  local number = function(place) return tonumber(ARGV[first + place]) end
  local ask = { key = number(0), speed = number(1), unit = number(2), burst = number(3), cost = number(4) }
  if width == 9 then
    ask.units, ask.parts, ask.turn, ask.at = number(5), number(6), number(7), number(8)
  else
    ask.most = number(5)
  end
  asks[#asks + 1] = ask
  if not spent[ask.key] then
    local key = KEYS[ask.key]
    spent[ask.key] = load(key, ask)
    if not spent[ask.key] then
      return redis.error_reply('NORATE `' .. key .. '` holds something else than what is spent of a rate')
    end
    asked[ask.key] = 0
  end
end

local answer = { 1, now }
local function tell(ask, now_spent, taken, wait, before)
  local more = { taken, left_of(now_spent, ask.burst), wait, until_one(now_spent, ask), before.units, before.parts, before.turn }
  for place = 1, 7 do answer[#answer + 1] = more[place] end
end

if width == 9 then
  for _, ask in ipairs(asks) do give_back(ask, spent[ask.key]) end
  for key, from in pairs(spent) do
    if not from.is_new then
      from.turn = math.max(from.turn + 1, now)
      save(KEYS[key], from)
    end
  end
  for _, ask in ipairs(asks) do tell(ask, spent[ask.key], 0, 0, spent[ask.key]) end
  return answer
end

for _, ask in ipairs(asks) do
  local key = ask.key
  asked[key] = asked[key] + ask.cost
  ask.after = spent[key]
  ask.wait = 0
  local room = ask.burst - asked[key]
  if asked[key] > 0 and not (room >= 0 and fits(spent[key], room)) then
    ask.after = going_on(spent[key], ask)
    ask.wait = wait_for(ask.after, room)
    answer[1] = 0
  end
end

if answer[1] == 1 and ARGV[1] == 'take' then
  for _, ask in ipairs(asks) do
    asked[ask.key] = asked[ask.key] - ask.cost
    local taken, before, after = take(ask, asked[ask.key])
    after.is_changed = taken > 0 or before.is_changed
    spent[ask.key] = after
    tell(ask, after, taken, 0, before)
  end
else
  for _, ask in ipairs(asks) do
    tell(ask, ask.after, 0, ask.wait, ask.after)
    if answer[1] == 0 and ask.wait ~= 0 then
      ask.after.is_changed = ask.after ~= spent[ask.key]
      ask.after.is_ahead = spent[ask.key].is_ahead
      spent[ask.key] = ask.after
    end
  end
end
for key, of_key in pairs(spent) do
  if of_key.is_changed or of_key.is_ahead then save(KEYS[key], of_key) end
end
return answer
