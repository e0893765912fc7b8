import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { CaseFinished } from '../model/run-log.ts'
import { contentName, isUnfinished, removeUnnamed, writeByContent, writeEvidence } from './evidence.ts'

const TEXT = 'session dropped\n'.repeat(1000)

describe('log/evidence', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('stores a text under the name of its content', () => {
    const place = join(folder, 'collected')
    const name = writeByContent(place, TEXT)
    expect(name).to.equal(`${contentName(TEXT)}.txt`)
    expect(writeByContent(place, TEXT)).to.equal(name)
    expect(readdirSync(place)).to.deep.equal([name])
    expect(readFileSync(join(place, name), 'utf8')).to.equal(TEXT)
  })

  it('shows other workers a text only when it is complete, also if they store the same', () => {
    const { writeFileSync: write } = fs
    const seen: number[] = []
    try {
      // Another worker looks while a file is half written.
      fs.writeFileSync = ((path: string, text: string, options: fs.WriteFileOptions) => {
        write(path, text.slice(0, 100), options)
        const file = join(folder, `${contentName(TEXT)}.txt`)
        if (existsSync(file)) seen.push(readFileSync(file, 'utf8').length)
        write(path, text, options)
      }) as typeof write
      syncBuiltinESMExports()
      const name = writeByContent(folder, TEXT)
      writeByContent(folder, TEXT)
      seen.push(readFileSync(join(folder, name), 'utf8').length)
    } finally {
      fs.writeFileSync = write
      syncBuiltinESMExports()
    }
    expect(new Set(seen)).to.deep.equal(new Set([TEXT.length]))
  })

  it('says what to do where evidence cannot be written, and leaves nothing of it', () => {
    const place = join(folder, 'evidence')
    const write = () => writeEvidence(place, { epoch: 0n, frames: [] }, { 'timeline.json': TEXT })
    const { writeFileSync: real } = fs
    try {
      fs.writeFileSync = (() => {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
      }) as typeof real
      syncBuiltinESMExports()
      expect(write)
        .to.throw(
          `The disk is full: the evidence in ${place} takes no more, and the results until then are in the log`,
        )
        .that.includes({ code: 'ERR_CAPTURE_WRITE', exitCode: 3 })
    } finally {
      fs.writeFileSync = real
      syncBuiltinESMExports()
    }
    expect(readdirSync(place)).to.deep.equal([])
    rmSync(place, { recursive: true })
    writeFileSync(place, 'in the way')
    expect(write)
      .to.throw(`The evidence in ${place} cannot be written (ENOTDIR: not a directory)`)
      .that.includes({ code: 'ERR_CAPTURE_WRITE', exitCode: 3 })
  })

  it('removes what was not completed, and what no result names', () => {
    const name = writeByContent(folder, TEXT)
    const evidence = 'ab'.repeat(16)
    for (const other of [evidence, 'cd'.repeat(16), 'notes']) mkdirSync(join(folder, other))
    writeByContent(folder, 'of a case that is not in the log')
    const result = {
      type: 'case-finished',
      evidence: `evidence/${evidence}/capture.pcapng`,
      collected: `collected/${name}`,
    }
    mkdirSync(join(folder, 'unfinished-4711-0'))
    writeFileSync(join(folder, 'unfinished-4711-0', 'capture.pcapng'), '')
    writeFileSync(join(folder, 'unfinished-4711-1'), TEXT)
    expect(readdirSync(folder).filter(isUnfinished)).to.have.lengthOf(2)
    removeUnnamed(folder, [result as CaseFinished])
    expect(readdirSync(folder).sort()).to.deep.equal([name, evidence, 'notes'].sort())
    expect(() => removeUnnamed(join(folder, 'none'), [])).not.to.throw()
  })
})
