import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { COLLECTED, contentName, EVIDENCE_SUMS, evidenceSums } from '../../harness/log/evidence.ts'
import { readAddress } from '../../harness/run/queue/address.ts'
import { blobOf, putBlob } from '../../harness/run/queue/blobs.ts'
import { keepFiles } from '../../harness/run/queue/files.ts'
import { runKeys } from '../../harness/run/queue/keys.ts'
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

  it('brings files that several cases have in common, even at the same moment', async () => {
    const link = await Link.open(readAddress(`redis://127.0.0.1:${redis.port}`, folder))
    try {
      const keys = runKeys(`${link.address.prefix}:run:files`)
      await link.redis.hset(keys.run, 'spec', '')
      const theirs = join(folder, 'theirs')
      mkdirSync(theirs)
      writeFileSync(join(theirs, 'capture.pcapng'), 'frames')
      writeFileSync(join(theirs, EVIDENCE_SUMS), evidenceSums(theirs))
      writeFileSync(join(folder, 'said.txt'), 'show sessions: none')
      const files = [
        ...readdirSync(theirs).map((name) => ({
          path: `evidence/${contentName(evidenceSums(theirs))}/${name}`,
          from: join(theirs, name),
        })),
        { path: `collected/${contentName('show sessions: none')}.txt`, from: join(folder, 'said.txt') },
      ].map(({ path, from }) => ({ path, from, ...blobOf(from) }))
      for (const { from, sha256 } of files)
        await putBlob(link, keys, from, { must: keys.run, sha256, ttl: 60_000 })
      const ours = join(folder, 'ours')
      await Promise.all([1, 2, 3].map(() => keepFiles(link, keys, files, ours)))
      const names = readdirSync(ours, { recursive: true, withFileTypes: true })
      expect(names.filter((each) => each.isFile())).to.have.lengthOf(files.length)
      for (const { path, from } of files)
        expect(readFileSync(join(ours, path))).to.deep.equal(readFileSync(from))
    } finally {
      link.close()
    }
  })

  it('refuses a file that does not hold what it is called by, and leaves nothing of it', async () => {
    const link = await Link.open(readAddress(`redis://127.0.0.1:${redis.port}`, folder))
    try {
      const keys = runKeys(`${link.address.prefix}:run:wrong`)
      await link.redis.hset(keys.run, 'spec', '')
      const from = join(folder, 'another.txt')
      writeFileSync(from, 'another')
      const blob = blobOf(from)
      await putBlob(link, keys, from, { must: keys.run, sha256: blob.sha256, ttl: 60_000 })
      const ours = join(folder, 'refused')
      const path = `${COLLECTED}/${contentName('one')}.txt`
      const wrong = await keepFiles(link, keys, [{ path, ...blob }], ours).catch((thrown) => thrown)
      expect(wrong).to.include({ code: 'ERR_QUEUE_FILE' })
      expect(readdirSync(join(ours, COLLECTED))).to.deep.equal([])
    } finally {
      link.close()
    }
  })
})
