import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { readAddress } from '../../harness/run/queue/address.ts'
import { Link } from '../../harness/run/queue/link.ts'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { TestRedis } from './redis.ts'

describe('journeys: the way to a queue', () => {
  let folder = ''
  let redis: TestRedis
  before(async function () {
    if (missingPrograms().length > 0) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    redis = await TestRedis.start(join(folder, 'redis'))
  })
  after(async () => {
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('leaves nothing that a process would wait for, whichever of its connections ended first', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length
    const before = timers()
    const link = await Link.open(readAddress(`redis://127.0.0.1:${redis.port}`, folder))
    const other = link.another()
    await other.ping()
    other.disconnect()
    await once(other, 'end')
    link.close()
    await once(link.redis, 'end')
    expect(timers()).to.equal(before)
  })
})
