import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const FIXTURE = fileURLToPath(new URL('./forsaken.fixture.ts', import.meta.url))

describe('appliances of a test process', () => {
  /** For what the process that is killed leaves. */
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('end with it, even where it is killed', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', FIXTURE], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: folder },
    })
    // An appliance writes its errors where the process does: that is open until the last of them has ended.
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    const closed = once(child.stderr, 'close')
    const first = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
    expect(String(first[0]), errors).to.equal('started\n')
    child.kill('SIGKILL')
    await closed
    expect(child.signalCode).to.equal('SIGKILL')
  }).timeout(30_000)
})
