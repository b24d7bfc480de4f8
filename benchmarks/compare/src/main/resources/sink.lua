-- Stands in for the platform: answers at once or after a delay, and keeps the books. It does as little as possible for a record,
-- so that the sink is not what a benchmark measures: no patterns, no JSON parser, no tables per request.
local ffi = require "ffi"
local byte, find, sub = string.byte, string.find, string.sub

ffi.cdef [[
    typedef struct { long seconds; long nanos; } sink_time;
    int clock_gettime(int clock, sink_time *time);
]]
local time = ffi.new("sink_time")
local C = ffi.C

local function micros()
    C.clock_gettime(0, time)
    return tonumber(time.seconds) * 1e6 + tonumber(time.nanos) / 1e3
end

local M = {}
local ID_AT = #"/v5/devices/" + 1
local BUCKETS = 64 * 26

local delay = 0
local devices, counts, seen, answered

local function reset(seconds)
    delay = seconds
    devices = {}
    counts = { records = 0, requests = 0, tokens = 0, duplicates = 0, missing = 0, unordered = 0, refused = 0, unreadable = 0 }
    seen = ffi.new("double[?]", BUCKETS)
    answered = ffi.new("double[?]", BUCKETS)
end
reset(0)

-- A histogram in microseconds whose buckets are 1.6 % wide.
local function add(histogram, value)
    if value < 0 then value = 0 end
    local power = 0
    while value >= 128 do
        value = value / 2
        power = power + 1
    end
    local bucket = power * 64 + (value - value % 1)
    if bucket >= BUCKETS then bucket = BUCKETS - 1 end
    histogram[bucket] = histogram[bucket] + 1
end

local function number_after(body, at)
    local digit = byte(body, at)
    while digit and (digit < 48 or digit > 57) do
        at = at + 1
        digit = byte(body, at)
    end
    local number = 0
    while digit and digit >= 48 and digit <= 57 do
        number = number * 10 + (digit - 48)
        at = at + 1
        digit = byte(body, at)
    end
    return number, at
end

local function device_of(id)
    local device = devices[id]
    if not device then
        device = { last = -1, missing = nil, token = "token-of-" .. id }
        devices[id] = device
    end
    return device
end

-- Sequence numbers of a device begin with 0 and have no gaps.
local function note(device, seq)
    local last = device.last
    if seq == last + 1 then
        device.last = seq
    elseif seq > last then
        local missing = device.missing or {}
        device.missing = missing
        for absent = last + 1, seq - 1 do missing[absent] = true end
        counts.missing = counts.missing + (seq - last - 1)
        device.last = seq
    elseif device.missing and device.missing[seq] then
        device.missing[seq] = nil
        counts.missing = counts.missing - 1
        counts.unordered = counts.unordered + 1
    else
        counts.duplicates = counts.duplicates + 1
    end
end

-- What follows from a position up to a limit belongs to one device. A record's two numbers come in either order.
local function records(body, at, limit, device, now)
    local count = 0
    while true do
        local seq_at = find(body, '"seq"', at, true)
        if not seq_at or seq_at > limit then return count end
        local stamp_at = find(body, '"stamp"', at, true)
        if not stamp_at then
            counts.unreadable = counts.unreadable + 1
            return count
        end
        local seq, stamp, after_seq, after_stamp
        seq, after_seq = number_after(body, seq_at + 5)
        stamp, after_stamp = number_after(body, stamp_at + 7)
        at = after_seq > after_stamp and after_seq or after_stamp
        note(device, seq)
        add(seen, now - stamp)
        count = count + 1
    end
end

local function again(body, at)
    local now = micros()
    while true do
        at = find(body, '"stamp"', at, true)
        if not at then return end
        local stamp
        stamp, at = number_after(body, at + 7)
        add(answered, now - stamp)
    end
end

local function answer(status, text)
    ngx.status = status
    ngx.header["Content-Type"] = "application/json"
    ngx.header["Content-Length"] = #text
    ngx.print(text)
end

local function read()
    ngx.req.read_body()
    return ngx.req.get_body_data()
end

local function sender()
    local uri = ngx.var.uri
    local slash = find(uri, "/", ID_AT, true)
    local device = device_of(sub(uri, ID_AT, slash - 1))
    if ngx.var.http_access_token ~= device.token then
        counts.refused = counts.refused + 1
        answer(403, '{"error_code":"IOTDA.000004","error_msg":"Invalid access token."}')
        return nil
    end
    return device
end

local function finish(body, count)
    counts.requests = counts.requests + 1
    counts.records = counts.records + count
    if count == 0 then counts.unreadable = counts.unreadable + 1 end
    if delay > 0 then
        ngx.sleep(delay)
        again(body, 1)
    end
    answer(200, "{}")
end

function M.report()
    local body = read()
    local device = sender()
    if device then finish(body, records(body, 1, #body, device, micros())) end
end

function M.children()
    local body = read()
    if not sender() then return end
    local now = micros()
    local count = 0
    local at = find(body, '"device_id":"', 1, true)
    while at do
        local from = at + 13
        local quote = find(body, '"', from, true)
        local following = find(body, '"device_id":"', quote, true)
        count = count + records(body, quote, following or #body, device_of(sub(body, from, quote - 1)), now)
        at = following
    end
    finish(body, count)
end

function M.authenticate()
    local body = read()
    local _, before = find(body, '"device_id":"', 1, true)
    local id = sub(body, before + 1, find(body, '"', before + 1, true) - 1)
    counts.tokens = counts.tokens + 1
    answer(200, '{"access_token":"' .. device_of(id).token .. '","expires_in":86400}')
end

function M.reset()
    reset(tonumber(ngx.var.arg_delay) or 0)
    answer(200, "{}")
end

local function sparse(histogram)
    local parts = {}
    for i = 0, BUCKETS - 1 do
        if histogram[i] > 0 then parts[#parts + 1] = string.format('"%d":%d', i, histogram[i]) end
    end
    return "{" .. table.concat(parts, ",") .. "}"
end

local function numbers()
    local parts = { string.format('"micros":%.0f', micros()) }
    for name, value in pairs(counts) do parts[#parts + 1] = string.format('"%s":%d', name, value) end
    return table.concat(parts, ",")
end

function M.count()
    answer(200, "{" .. numbers() .. "}")
end

function M.ledger()
    answer(
        200,
        "{" .. numbers() .. ',"seen":' .. sparse(seen) .. ',"answered":' .. sparse(delay > 0 and answered or seen) .. "}")
end

return M
