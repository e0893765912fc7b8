import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { StoreState } from '../../model/timeline.ts'
import { STATES } from './outage.ts'
import { missingPrograms } from './programs.ts'
import { type RedisServer, startRedis } from './redis-server.ts'
import { type RedisAddress, RedisStore } from './redis-store.ts'
import { StoreFailure } from './store.ts'

const BOUND_MS = 300

async function failureOf(what: Promise<unknown>): Promise<string> {
  try {
    await what
    return 'none'
  } catch (thrown) {
    return thrown instanceof StoreFailure ? thrown.kind : String(thrown)
  }
}

describe('sharing/store: a real Redis', () => {
  let redis: RedisServer
  before(async function () {
    if (missingPrograms().length > 0) this.skip()
    redis = await startRedis()
  })
  after(() => redis?.stop())

  const key = Uint8Array.from([0, 255, 10, 13, 42])
  const value = Uint8Array.from({ length: 65 }, (_, at) => at * 3)

  function storeIn(database: number, boundMs?: number, address: Partial<RedisAddress> = {}): RedisStore {
    return new RedisStore({ ...redis.address, ...address }, { database, prefix: '', owned: true }, boundMs)
  }

  it('holds bytes as they are, a database a store', async () => {
    const [one, other] = [storeIn(1), storeIn(2)]
    await one.set([[key, value]])
    expect([...((await one.get(key)) ?? [])]).to.deep.equal([...value])
    expect(await other.get(key)).to.equal(undefined)
    await other.clear()
    expect(await one.get(key)).not.to.equal(undefined)
    await one.clear()
    expect(await one.get(key)).to.equal(undefined)
    await one.close()
    await other.close()
  })

  it('among the keys of others removes its own alone, which else go by themselves', async () => {
    const others = storeIn(0)
    const store = new RedisStore(redis.address, { prefix: 'ab*d', owned: true, expiry: 100 })
    await others.set([[Buffer.from('abcdx'), value]])
    await store.set(Array.from({ length: 1500 }, (_, at) => [Buffer.from(String(at)), value] as const))
    expect(await others.command('DBSIZE')).to.equal(1501)
    expect(await others.command('TTL', 'ab*d7')).to.be.within(1, 100)
    await store.close()
    expect(await others.command('DBSIZE')).to.equal(1)
    await others.close()
  })

  it('is reached with TLS and its password only', async () => {
    const wrong = storeIn(3, undefined, { password: 'wrong' })
    expect(await failureOf(wrong.get(key))).to.equal('unauthorised')
    const none = storeIn(3, undefined, { password: undefined })
    expect(await failureOf(none.get(key))).to.equal('unauthorised')
    const stranger = storeIn(3, undefined, { ca: undefined })
    expect(await failureOf(stranger.get(key))).to.equal('down')
    expect(readFileSync(join(redis.folder, 'redis.conf'), 'utf8')).to.match(/^port 0$/m)
    const plain = connect(redis.address.port, redis.address.host)
    plain.end('PING\r\n')
    let said = ''
    plain.on('error', () => undefined)
    plain.on('data', (part) => {
      said += String(part)
    })
    await new Promise((resolve) => plain.on('close', resolve))
    expect(said).not.to.contain('PONG')
  })

  it('is in each state what the table of states says', async () => {
    /** Brings the server to a state; answers how to bring it back. */
    const states: Readonly<
      Record<Exclude<StoreState, 'up'>, (own: RedisServer) => Promise<() => Promise<void>>>
    > = {
      async down(own) {
        process.kill(own.pid, 'SIGKILL')
        return async () => undefined
      },
      async slow(own) {
        process.kill(own.pid, 'SIGSTOP')
        return async () => void process.kill(own.pid, 'SIGCONT')
      },
      async full(own) {
        const store = new RedisStore(own.address, { prefix: '', owned: false })
        await store.command('CONFIG', 'SET', 'maxmemory', '1')
        await store.close()
        return async () => undefined
      },
      async unauthorised(own) {
        const store = new RedisStore(own.address, { prefix: '', owned: false })
        await store.command('CONFIG', 'SET', 'requirepass', 'changed')
        await store.close()
        return async () => undefined
      },
    }
    for (const state of ['down', 'slow', 'full', 'unauthorised'] as const) {
      const own = await startRedis()
      const store = new RedisStore(own.address, { prefix: '', owned: false }, 5000)
      await store.set([[key, value]])
      await store.close()
      const back = await states[state](own)
      const quick = new RedisStore(
        own.address,
        { prefix: '', owned: false },
        state === 'slow' ? BOUND_MS : 5000,
      )
      const answers = (await failureOf(quick.get(key))) === 'none'
      const said = await failureOf(quick.set([[key, value]]))
      expect(answers, state).to.equal(STATES[state].answers)
      expect(said, state).to.equal(state)
      await back()
      await quick.close()
      await own.stop()
    }
  })

  it('takes what was written while it was too slow to answer', async () => {
    const store = storeIn(4)
    await store.get(key)
    process.kill(redis.pid, 'SIGSTOP')
    const written = store.set([[key, value]])
    await sleep(50)
    process.kill(redis.pid, 'SIGCONT')
    await written
    expect(await store.get(key)).not.to.equal(undefined)
    expect(STATES.slow.takes).to.equal(true)
    await store.close()
  })

  it('is connected to anew after a failure', async () => {
    const store = storeIn(5, BOUND_MS)
    await store.set([[key, value]])
    process.kill(redis.pid, 'SIGSTOP')
    expect(await failureOf(store.get(key))).to.equal('slow')
    process.kill(redis.pid, 'SIGCONT')
    const again = storeIn(5)
    expect(await again.get(key)).not.to.equal(undefined)
    await again.close()
    await store.close()
  })
})
