import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import { writeFolder } from './folder.ts'

describe('author/folder', () => {
  let around = ''
  beforeEach(() => {
    around = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  afterEach(() => rmSync(around, { recursive: true, force: true }))

  const { signal } = new AbortController()
  const write = (folder: string) => writeFileSync(join(folder, 'one'), '1')
  const failure = (made: Promise<void>) =>
    made.then(
      () => 'nothing',
      (thrown: FlowbreakError) => `${thrown.code} ${thrown.exitCode}`,
    )

  it('appears with all that is in it, with folders above it, and in the place of an empty one', async () => {
    mkdirSync(join(around, 'empty'))
    for (const name of ['new', 'a/b/c', 'empty', 'slash/']) {
      await writeFolder(join(around, name), signal, write)
      expect(readFileSync(join(around, name, 'one'), 'utf8')).to.equal('1')
    }
    expect(readdirSync(around).sort()).to.deep.equal(['a', 'empty', 'new', 'slash'])
  })

  it('is not made, and nothing is left, on errors, on Ctrl-C and where it would replace something', async () => {
    const full = new Error('ENOSPC: no space left on device')
    const made = writeFolder(join(around, 'new'), signal, (folder) => {
      write(folder)
      throw full
    })
    expect(await failure(made)).to.equal('ERR_FOLDER_WRITE 3')
    const interrupt = new AbortController()
    const stopped = writeFolder(join(around, 'new'), interrupt.signal, (folder) => {
      write(folder)
      interrupt.abort(new FlowbreakError('ERR_INTERRUPTED', 'Interrupted.', { exitCode: 130 }))
    })
    expect(await failure(stopped)).to.equal('ERR_INTERRUPTED 130')
    expect(readdirSync(around)).to.deep.equal([])
    write(around)
    expect(await failure(writeFolder(around, signal, write))).to.equal('ERR_FOLDER 2')
    expect(await failure(writeFolder(join(around, 'one'), signal, write))).to.equal('ERR_FOLDER 2')
    expect(await failure(writeFolder(join(around, 'one/two'), signal, write))).to.equal('ERR_FOLDER_WRITE 3')
    expect(existsSync(join(around, 'one'))).to.equal(true)
    expect(readdirSync(around)).to.deep.equal(['one'])
  })
})
