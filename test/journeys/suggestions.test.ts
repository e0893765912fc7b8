import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refuses } from './refuses.ts'

const LADDER = 'captures/echo-ladder-ipv4.pcap'

describe('journeys: misspelt words', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('suggests the word that was probably meant', () => {
    const run = ['run', 'core/resets']
    for (const [args, meant] of [
      [['rnu'], 'run'],
      [['run', 'core/reests'], 'core/resets'],
      [['profile', 'show', 'suricta-7'], 'suricata-7'],
      [['replay', LADDER, '--policy', 'rejcet'], 'reject'],
      [['replay', LADDER, '--endpoints', 'recative'], 'reactive'],
      [['replay', LADDER, '--eve', `${folder}/eve`, '--eve-format', 'asw'], 'aws'],
      [[...run, '--target', 'suricatta'], 'suricata'],
      [[...run, '--reporter', 'jsn'], 'json'],
      [[...run, '--reporter', 'mocha:sepc'], 'spec'],
      [['report', 'compare', 'a', 'b', '--reporter', 'htlm'], 'html'],
    ] as const)
      refuses(args, new RegExp(` Did you mean "${meant}"\\?`))
    refuses(['report', 'shwo'], /Did you mean show\?/)
    refuses([...run, '--repotrer', 'json'], /Did you mean --reporter\?/)
  })
})
