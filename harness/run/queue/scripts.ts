/**
 * Scripts, which Redis runs atomically. Keys of a run: `run` (a hash that says how it is played), `out` (a stream of messages from
 * workers), `blobs` (a set of names of transferred files) and a hash for each attempt at a lot, which exists as long as the attempt counts:
 * `lot`, then `worker` (who has it), `next` (the part expected next), `seen` (when it was last heard of) and `begun`.
 */
export const SCRIPTS = {
  /** Keys: attempt, run. Gives the attempt to a worker, once; nothing if it no longer counts or another has it. */
  claim: `
local lot = redis.call('HGET', KEYS[1], 'lot')
local run = redis.call('HGET', KEYS[2], 'spec')
if not lot or not run then return nil end
if redis.call('HSETNX', KEYS[1], 'worker', ARGV[1]) == 0 then
  if redis.call('HGET', KEYS[1], 'worker') ~= ARGV[1] then return nil end
end
redis.call('HSET', KEYS[1], 'next', 0, 'seen', redis.call('TIME')[1])
return {run, lot}`,
  /** Keys: attempt, out, leases. Arguments: worker, its token of each lease, number of the part, attempt, part. 0: refused. */
  tell: `
if redis.call('HGET', KEYS[1], 'worker') ~= ARGV[1] then return 0 end
for i = 3, #KEYS do if redis.call('GET', KEYS[i]) ~= ARGV[2] then return 0 end end
local next = tonumber(redis.call('HGET', KEYS[1], 'next'))
local number = tonumber(ARGV[3])
if number < next then return 1 end
if number > next then return 0 end
redis.call('HSET', KEYS[1], 'next', next + 1, 'seen', redis.call('TIME')[1])
redis.call('XADD', KEYS[2], '*', 'a', ARGV[4], 'p', ARGV[5])
local ttl = redis.call('PTTL', KEYS[1])
if ttl > 0 then redis.call('PEXPIRE', KEYS[2], ttl) end
return 1`,
  /** Keys: attempt, leases. Arguments: worker, token, milliseconds of a lease, 1 if it has begun. 0: it no longer counts. */
  beat: `
for i = 2, #KEYS do
  if redis.call('GET', KEYS[i]) ~= ARGV[2] then return 0 end
end
for i = 2, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
if redis.call('HGET', KEYS[1], 'worker') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'seen', redis.call('TIME')[1])
if ARGV[4] == '1' then redis.call('HSET', KEYS[1], 'begun', '1') end
return 1`,
  /** Keys: leases. Arguments: token, milliseconds. Takes all of them or none; 1: they are held. */
  lease: `
for i = 1, #KEYS do
  local holder = redis.call('GET', KEYS[i])
  if holder and holder ~= ARGV[1] then return 0 end
end
for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2]) end
return 1`,
  /** Keys: leases. Arguments: token, milliseconds. 0: one of them is no longer held. */
  renew: `
for i = 1, #KEYS do if redis.call('GET', KEYS[i]) ~= ARGV[1] then return 0 end end
for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
return 1`,
  /** Keys: leases. Arguments: token. Releases those that are held with it. */
  release: `
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('DEL', KEYS[i]) end
end`,
  /**
   * Keys: run, out, blobs, then attempts. Arguments: milliseconds to live. Nothing if Redis has lost the run; else its time, and for each
   * attempt its worker, when that was heard of, and whether it has begun.
   */
  keep: `
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then return nil end
redis.call('PEXPIRE', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[1])
for _, blob in ipairs(redis.call('SMEMBERS', KEYS[3])) do redis.call('PEXPIRE', KEYS[1] .. ':' .. blob, ARGV[1]) end
local told = {redis.call('TIME')[1]}
for i = 4, #KEYS do
  redis.call('PEXPIRE', KEYS[i], ARGV[1])
  local state = redis.call('HMGET', KEYS[i], 'worker', 'seen', 'begun')
  for j = 1, 3 do told[#told + 1] = state[j] or '' end
end
return told`,
  /** Keys: what must exist, blobs, blob. Arguments: name, part, milliseconds to live. 0: it does not exist. */
  put: `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
return 1`,
  /** Keys: run, out, blobs, then attempts. Removes everything of the run. */
  end: `
for _, blob in ipairs(redis.call('SMEMBERS', KEYS[3])) do redis.call('UNLINK', KEYS[1] .. ':' .. blob) end
for i = 1, #KEYS do redis.call('UNLINK', KEYS[i]) end`,
  /** Keys: those of a BullMQ queue, first lists, then sorted sets that hold jobs. Arguments: their numbers. Removes an empty queue. */
  tidy: `
local lists, sets = tonumber(ARGV[1]), tonumber(ARGV[2])
for i = 1, lists do if redis.call('LLEN', KEYS[i]) > 0 then return 0 end end
for i = lists + 1, lists + sets do if redis.call('ZCARD', KEYS[i]) > 0 then return 0 end end
for i = 1, #KEYS do redis.call('UNLINK', KEYS[i]) end
return 1`,
} as const

export type ScriptName = keyof typeof SCRIPTS
