import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { LIMITS, linesOf } from './lines.ts'

const MIB = 1 << 20

describe('log: lines', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  const written = (bytes: string | Uint8Array) => {
    const file = join(folder, 'log')
    writeFileSync(file, bytes)
    return file
  }

  it('are as long as they may be and no longer, in files and in compressed ones', () => {
    const text = `one\n${'x'.repeat(3 * MIB)}`
    for (const bytes of [text, gzipSync(text)]) {
      const file = written(bytes)
      expect([...linesOf(file, { ...LIMITS, line: 3 * MIB })].map((line) => line.text.length)).to.deep.equal([
        3,
        3 * MIB,
      ])
      expect(() => [...linesOf(file, { ...LIMITS, line: 2 * MIB })]).to.throw('line 2 is longer than 2 MiB')
    }
  })

  it('of a compressed file are unpacked as far as there may be of them', () => {
    const file = written(gzipSync('one\n'.repeat(MIB)))
    expect([...linesOf(file, { ...LIMITS, unpacked: 4 * MIB })]).to.have.length(MIB)
    expect(() => [...linesOf(file, { ...LIMITS, unpacked: 4 * MIB - 1 })]).to.throw(RangeError)
  })

  it('of a file shorter than what is read at once are whole', () => {
    for (const [text, lines] of [
      ['', []],
      ['\n', ['']],
      ['a', ['a']],
      ['a\nb', ['a', 'b']],
    ] as const)
      expect([...linesOf(written(text))].map((line) => line.text)).to.deep.equal(lines)
  })
})
