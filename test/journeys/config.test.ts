import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, ROOT } from './command.ts'

const CAPTURE = `${ROOT}captures/echo-ladder-ipv4.pcap`

const CONFIG = `import { defineConfig } from '${ROOT}dist/bin/index.mjs'
const key: string = '\${FLOWBREAK_JOURNEY_KEY}'
export default defineConfig({
  targets: { mine: { kind: 'module', module: './target.mjs', key } },
  suites: ['core/fresh-syn'],
  reporter: ['json=out/report.json'],
  output: 'logs',
  seed: 77,
})
`
const TARGET = `import { ReferenceTarget } from '${ROOT}dist/bin/index.mjs'
export default ({ key }) => new ReferenceTarget('1.' + key)
`

describe('journeys: configuration', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    mkdirSync(join(folder, 'below'))
    writeFileSync(join(folder, 'flowbreak.config.ts'), CONFIG)
    writeFileSync(join(folder, 'target.mjs'), TARGET)
    process.env.FLOWBREAK_JOURNEY_KEY = 'hunter2'
  })
  after(() => {
    delete process.env.FLOWBREAK_JOURNEY_KEY
    rmSync(folder, { recursive: true, force: true })
  })
  const below = (...args: string[]) => flowbreak(args, { cwd: join(folder, 'below') })

  it('runs what it says, from any folder below it, and keeps secrets out of what it writes', () => {
    const { status, stderr } = below('run', '--target', 'mine')
    expect(status, stderr).to.equal(0)
    const report = readFileSync(join(folder, 'out/report.json'), 'utf8')
    const { cases } = JSON.parse(report)
    expect(
      new Set(cases.map((each: { suite: string; target: string }) => `${each.suite} ${each.target}`)),
    ).to.deep.equal(new Set(['core/fresh-syn mine']))
    const [run = ''] = readdirSync(join(folder, 'logs'))
    const log = readFileSync(join(folder, 'logs', run, 'run.ndjson'), 'utf8')
    expect(log).to.contain('"seed":77').and.to.contain(`"version":"1.\${FLOWBREAK_JOURNEY_KEY}"`)
    expect(`${log}${report}${stderr}`).not.to.contain('hunter2')
  })

  it('says where reports find runs, by name and the latest one', () => {
    expect(below('run', '--seed', '5').status).to.equal(0)
    const latest = readdirSync(join(folder, 'logs')).sort().at(-1) ?? ''
    const idOf = (...args: string[]) => JSON.parse(below('report', 'show', '--json', ...args).stdout).run.id
    expect([idOf(), idOf(latest)]).to.deep.equal([latest, latest])
    const named = ['--config', join(folder, 'flowbreak.config.ts')]
    const verified = flowbreak(['report', 'verify', latest, ...named], { cwd: tmpdir() })
    expect(verified.status, verified.stderr).to.equal(0)
    expect(below('report', 'compare', latest, latest).status).to.equal(0)
    const merged = below('report', 'merge', latest)
    expect(merged.stderr).to.contain(join(folder, 'logs'))
    const absent = below('report', 'show', 'nothing')
    expect(absent.stderr).to.contain(`a run below ${join(folder, 'logs')}`)
  })

  it('lets the command line go before it', () => {
    const { status, stdout } = below(
      'run',
      'core/resets',
      '--reporter',
      'json',
      '--seed',
      '3',
      '--output',
      'here',
    )
    expect(status).to.equal(0)
    expect(JSON.parse(stdout).cases[0].suite).to.equal('core/resets')
    const [run = ''] = readdirSync(join(folder, 'below/here'))
    expect(readFileSync(join(folder, 'below/here', run, 'run.ndjson'), 'utf8')).to.contain('"seed":3')
  })

  it('names the suites of every command that reads suites', () => {
    const listed = below('suite', 'list')
    expect(listed.status, listed.stderr).to.equal(0)
    const names = listed.stdout.trim().split('\n')
    expect(new Set(names.map((name) => name.split('/').slice(0, 2).join('/')))).to.deep.equal(
      new Set(['core/fresh-syn']),
    )
    const checked = below('suite', 'check', '--no-reference', '--json')
    expect(JSON.parse(checked.stdout)).to.include({ suites: 1, cases: names.length })
    expect(JSON.parse(below('sweep', '--coverage', '--json').stdout).cases).to.equal(names.length)
    expect(below('suite', 'list', 'core/resets').stdout).to.match(/^core\/resets\//)
    writeFileSync(join(folder, 'other.yaml'), 'suites: [core/resets]\n')
    const other = ['--config', '../other.yaml']
    expect(below('suite', 'list', ...other).stdout).to.match(/^core\/resets\//)
    expect(JSON.parse(below('suite', 'check', '--no-reference', '--json', ...other).stdout).suites).to.equal(
      1,
    )
  })

  it('names targets for replay and compare', () => {
    const replayed = below('replay', CAPTURE, '--target', 'mine', '--quiet')
    expect(replayed).to.include({
      status: 0,
      stdout: 'packets=26 forward=26 drop=0 reject=0 undecided=0 answered=0\n',
    })
    const compared = below('compare', CAPTURE, '--over', 'target', '--json')
    expect(compared.status, compared.stderr).to.equal(0)
    expect(
      JSON.parse(compared.stdout).columns.map(({ value }: { value: string }) => value),
    ).to.include.members(['reference', 'mine'])
    expect(below('replay', CAPTURE, '--target', `${folder}/target.mjs`, '--quiet').status).to.equal(0)
  })

  it('does not read what is broken where only the reference plays, unless it is named', () => {
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'flowbreak.config.yaml'), 'targets: [\n')
    const there = (...args: string[]) => flowbreak(args, { cwd: broken })
    const learned = [
      '--repeat',
      '1',
      '--policy',
      'drop',
      '--longest',
      '60',
      '--flows',
      '16',
      '--without',
      'sync',
    ]
    for (const verb of [
      ['replay', CAPTURE],
      ['compare', CAPTURE, '--over', 'policy'],
      ['sweep', CAPTURE, '--over', 'policy=drop'],
      ['learn', 'reference', ...learned],
    ]) {
      const { status, stderr } = there(...verb)
      expect(status, `${verb[0]}: ${stderr}`).to.equal(0)
      const named = there(...verb, '--config', 'flowbreak.config.yaml')
      expect(named.stderr, verb[0]).to.match(/flowbreak\.config\.yaml:\d+:\d+: .*\(ERR_CONFIG\)\n$/)
    }
    for (const verb of [
      ['replay', CAPTURE, '--target', 'mine'],
      ['compare', CAPTURE, '--over', 'policy', '--target', 'mine'],
      ['compare', CAPTURE, '--over', 'target'],
      ['compare', CAPTURE, '--over', 'target=reference,mine'],
      ['sweep', CAPTURE, '--target', 'mine'],
      ['sweep', CAPTURE, '--over', 'target'],
      ['learn', 'mine'],
    ])
      expect(there(...verb), verb.join(' ')).to.include({ status: 2, stdout: '' })
  })

  for (const verb of [['run'], ['replay', CAPTURE], ['compare', CAPTURE, '--over', 'policy']])
    it(`refuses what is wrong with exit code 2: ${verb[0]}`, () => {
      writeFileSync(join(folder, 'bad.yaml'), 'targets:\n  lab: { kind: nonsense }\n')
      writeFileSync(join(folder, 'good.yaml'), 'targets:\n  mine: { kind: module, module: ./target.mjs }\n')
      const { status, stderr } = below(...verb, '--config', '../bad.yaml')
      expect(stderr).to.match(/bad.yaml:2:16: "nonsense" is not a kind of target: .*\(ERR_CONFIG\)\n$/)
      expect(status).to.equal(2)
      const unknown = below(...verb, '--config', '../good.yaml', '--target', 'mune')
      expect(unknown.stderr).to.match(
        /There is no target mune: .* Did you mean "mine"\? \(ERR_TARGET_UNKNOWN\)\n$/,
      )
      expect(unknown.status).to.equal(2)
    })
})
