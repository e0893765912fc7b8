import { expect } from 'chai'
import { isAlive } from '../../support/scratch.ts'
import { openStore } from './open-store.ts'
import { missingPrograms } from './programs.ts'
import { leaseDatabase } from './shared-server.ts'

const SHARING = { kind: 'store', lag: 0, latency: 0, timeout: 1 } as const

describe('sharing/store: the server of this process', () => {
  before(function () {
    if (missingPrograms().length > 0) this.skip()
  })

  it('is started anew, once, when it was killed', async () => {
    const before = await leaseDatabase()
    const open = await openStore(SHARING)
    await open.connect?.()
    process.kill(before.pid, 'SIGKILL')
    for (let wait = 0; isAlive(before.pid) && wait < 500; wait++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    const next = await Promise.all([leaseDatabase(), leaseDatabase()])
    expect(new Set(next.map(({ pid }) => pid)).size).to.equal(1)
    expect(next[0].pid).to.not.equal(before.pid)
    expect(next[0].database).to.not.equal(next[1].database)
    // What was of the one that is gone can be let go of, and has nothing to do with the other.
    await open[Symbol.asyncDispose]()
    before.release()
    const again = await openStore(SHARING)
    await again.connect?.()
    await again[Symbol.asyncDispose]()
    for (const lease of next) lease.release()
  })
})
