import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, ROOT } from './command.ts'

/** A target that can be asked who it is, and nothing else. */
const DIES = `import { serve } from '${ROOT}test/faults/programs/firewall.mjs'
await serve({ request: ({ type }) => type === 'prepare' && process.exit(1) })
`
const CAPTURE = 'captures/echo-ladder-ipv4.pcap'

describe('journeys: learn', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-learn-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('learns a profile that is used, checked, compared and identified', () => {
    const file = join(folder, 'profile.yaml')
    const page = join(folder, 'datasheet.html')
    const learned = flowbreak([
      'learn',
      'reference',
      '--profile',
      'fortinet',
      '--output',
      folder,
      '--twin',
      CAPTURE,
      '--twin-cases',
      '6',
    ])
    expect(learned.stderr).to.equal('')
    expect(learned.status).to.equal(0)
    expect(learned.stdout).to.match(/nearest profile fortinet/)
    expect(learned.stdout).to.match(/^ {2}tcpEstablished +3600 +high/m)
    expect(learned.stdout).to.match(
      /^Held-out captures: 6 broken by chance, (\d+) of \1 verdicts predicted \(100 %\)/m,
    )
    expect(readFileSync(page, 'utf8')).to.contain('<h1>reference as learned</h1>')
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).to.contain(
      `\nflowbreak learn reference --profile fortinet --twin ${CAPTURE} --twin-cases 6\n`,
    )
    expect(readdirSync(join(folder, 'evidence')).length).to.be.greaterThan(20)

    const replayed = ['replay', CAPTURE, '--inject', 'host-swap@12', '--quiet', '--profile']
    expect(flowbreak([...replayed, file])).to.deep.equal(flowbreak([...replayed, 'fortinet']))

    const diff = flowbreak(['learn', '--diff', 'cisco-asa', file])
    expect(diff.status).to.equal(0)
    expect(diff.stdout).to.match(/^ {2}a closed session lives for: 60 s → 1 s$/m)
    const identity = flowbreak(['learn', '--identify', file])
    expect(identity.stdout).to.match(
      /^learned-reference is nearest to fortinet: (\d+) of \1 known knobs are the same$/m,
    )
  }).timeout(240_000)

  it('writes nothing of a target that answers nothing, and says why', () => {
    writeFileSync(join(folder, 'dies.mjs'), DIES)
    const config = join(folder, 'dies.yaml')
    writeFileSync(
      config,
      `targets: { mine: { kind: process, command: [node, ${join(folder, 'dies.mjs')}] } }\n`,
    )
    const out = join(folder, 'out')
    const files = ['--output', join(out, 'profile'), '--html', join(out, 'sheet.html')]
    const failed = flowbreak(['learn', 'mine', '--config', config, ...files])
    expect(failed.stderr).to.match(
      /^flowbreak: Nothing was learned of mine, so nothing is written: the target broke: .*\(ERR_LEARN_NOTHING\)\n$/,
    )
    expect(failed.status).to.equal(3)
    expect(failed.stdout).to.match(/^What is wrong with the target$/m)
    expect(existsSync(out)).to.equal(false)
  }).timeout(60_000)

  it('refuses what it cannot do, in a sentence', () => {
    const nothing = flowbreak(['learn'])
    expect(nothing).to.include({ status: 2 })
    expect(nothing.stderr).to.contain('learn takes one target')
    expect(flowbreak(['learn', '--diff', 'pf'])).to.include({ status: 2 })
    const unknown = flowbreak(['learn', '--identify', 'nobody'])
    expect(unknown).to.include({ status: 2 })
    expect(unknown.stderr).to.contain('There is no profile "nobody"')
    expect(flowbreak(['learn', 'nothing-of-that-name'])).to.include({ status: 2 })
    const policy = flowbreak(['learn', 'reference', '--policy', 'pass'])
    expect(policy).to.include({ status: 2 })
    expect(policy.stderr).to.contain('--policy takes one that the target can be set to')
    const without = flowbreak(['learn', 'reference', '--without', 'drop'])
    expect(without).to.include({ status: 2 })
    expect(without.stderr).to.contain('--without takes one of sync, replication, not drop')
    const nowhere = flowbreak(['learn', 'reference', '--publish', folder])
    expect(nowhere).to.include({ status: 2, stdout: '' })
    expect(nowhere.stderr).to.contain('is not a published report')
  })
})
