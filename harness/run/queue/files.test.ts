import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { COLLECTED, contentName, EVIDENCE, EVIDENCE_LOG, EVIDENCE_SUMS } from '../../log/evidence.ts'
import { keepFiles } from './files.ts'
import { runKeys } from './keys.ts'
import type { Link } from './link.ts'
import type { FileBlob } from './messages.ts'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** Files, and a link to where they were uploaded. */
function uploaded(texts: Readonly<Record<string, string>>) {
  const keys = runKeys('run')
  const blobs = new Map(Object.values(texts).map((text) => [keys.blob(`${hashOf(text)}.0`), text]))
  const redis = { getBuffer: async (key: string) => Buffer.from(blobs.get(key) ?? '') }
  const link = { redis, ask: (question: () => unknown) => question() } as unknown as Link
  const files = Object.entries(texts).map(
    ([path, text]): FileBlob => ({ path, sha256: hashOf(text), size: Buffer.byteLength(text) }),
  )
  return { files, keep: (folder: string) => keepFiles(link, keys, files, folder) }
}

describe('run/queue/files', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('keeps what several workers deliver at the same moment', async () => {
    const text = 'session dropped'
    const sums = `${hashOf(text)}  ${EVIDENCE_LOG}\n`
    const place = `${EVIDENCE}/${contentName(sums)}`
    const { files, keep } = uploaded({
      [`${COLLECTED}/${contentName(text)}.txt`]: text,
      [`${place}/${EVIDENCE_LOG}`]: text,
      [`${place}/${EVIDENCE_SUMS}`]: sums,
    })
    await Promise.all([1, 2, 3].map(() => keep(folder)))
    for (const { path, sha256 } of files)
      expect(hashOf(readFileSync(join(folder, path), 'utf8')), path).to.equal(sha256)
    const there = readdirSync(folder, { recursive: true, withFileTypes: true })
    expect(there.filter((entry) => entry.isFile())).to.have.lengthOf(files.length)
    expect(readdirSync(join(folder, EVIDENCE))).to.have.lengthOf(1)
  })

  it('refuses what does not hold what it is called by, and leaves nothing of it', async () => {
    const { keep } = uploaded({ [`${COLLECTED}/${contentName('one')}.txt`]: 'another' })
    const wrong = await keep(folder).catch((thrown) => thrown)
    expect(wrong).to.include({ code: 'ERR_QUEUE_FILE' })
    expect(readdirSync(join(folder, COLLECTED))).to.deep.equal([])
  })
})
