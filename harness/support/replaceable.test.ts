import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { isReplaceable } from './replaceable.ts'

describe('isReplaceable', () => {
  let folder: string
  const at = (name: string) => join(folder, name)
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-replaceable-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('says yes of files, of links to them, and of what is not there', () => {
    writeFileSync(at('file'), '')
    symlinkSync('file', at('link'))
    symlinkSync('nothing', at('loose'))
    for (const name of ['file', 'link', 'loose', 'nothing', 'file/within', '.'])
      expect(isReplaceable(at(name)), name).to.equal(true)
  })

  it('says no of devices, pipes, links to them, and what a process has open', () => {
    execFileSync('mkfifo', [at('pipe')])
    symlinkSync('/dev/zero', at('device'))
    symlinkSync('/proc/self/fd/1', at('stdout'))
    for (const path of ['/dev/zero', '/dev/stdout', at('pipe'), at('device'), at('stdout')])
      expect(isReplaceable(path), path).to.equal(false)
  })
})
