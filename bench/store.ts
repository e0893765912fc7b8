import { SESSION_BYTES } from '../harness/model/sharing.ts'
import { startRedis } from '../harness/sharing/store/redis-server.ts'
import { RedisStore } from '../harness/sharing/store/redis-store.ts'
import { toValue } from '../harness/sharing/store/value.ts'

/** What the VM-Series deployment guide sizes a Redis by, bytes a session. */
export const DOCUMENTED_BYTES = 128
/** PAN-OS's time-out of TCP sessions, seconds. */
const EXPIRY_S = 3600
const STEP = 8192

/** What a session takes in a Redis, in bytes. */
export interface StoreSize {
  /** Key and value. */
  readonly payload: number
  /** What MEMORY USAGE says of one: without the slots of hash tables and the entry of an expiry. */
  readonly usage: number
  /** What used_memory really grew by. */
  readonly growth: number
}

/** Writes that many sessions into a Redis of their own, as hosts do, and measures what they take. */
export async function measureStore(
  sessions: number,
  { six, expires }: { readonly six: boolean; readonly expires: boolean },
): Promise<StoreSize> {
  const redis = await startRedis()
  const keyspace = { prefix: '', owned: false, ...(expires ? { expiry: EXPIRY_S } : {}) }
  const store = new RedisStore(redis.address, keyspace)
  try {
    const before = await usedMemory(store)
    for (let from = 0; from < sessions; from += STEP) {
      const count = Math.min(STEP, sessions - from)
      await store.set(
        Array.from({ length: count }, (_, at) => [key(from + at, six), value(from + at)] as const),
      )
    }
    const after = await usedMemory(store)
    const usage = await store.command<number>('MEMORY', 'USAGE', Buffer.from(key(0, six)))
    return {
      payload: key(0, six).length + value(0).length,
      usage,
      growth: (after - before) / sessions,
    }
  } finally {
    await store.close()
    await redis.stop()
  }
}

async function usedMemory(store: RedisStore): Promise<number> {
  const info = String(await store.command<Buffer>('INFO', 'memory'))
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1])
}

/** Another 5-tuple for each number: 13 bytes, or 37 of IPv6. */
function key(number: number, six: boolean): Uint8Array {
  const bytes = new Uint8Array(six ? 37 : 13)
  new DataView(bytes.buffer).setUint32(six ? 12 : 0, number)
  bytes[bytes.length - 1] = 6
  return bytes
}

function value(number: number): Uint8Array {
  return toValue(Uint8Array.from({ length: SESSION_BYTES }, (_, at) => number * (at + 7)))
}
