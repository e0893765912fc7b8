import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import parsePrometheus from 'parse-prometheus-text-format'
import { flowbreak, jsonLines, MAIN, ROOT, startFlowbreak } from './command.ts'
import { manyCases } from './many.ts'

const CASES = 1500
const FEW = 20
/** A firewall that says its password and dies as soon as it is to be set up. */
const DIES = `import { serve } from '${ROOT}test/faults/programs/firewall.mjs'
await serve({
  request: ({ type }) => {
    if (type !== 'prepare') return
    console.error('password ' + process.argv[2])
    process.exit(1)
  },
})
`
const CASE = 'many/swap/number:7'
const PACKETS = 26

/** Samples of a metric by their labels, as a parser of others reads them. */
function samples(text: string, name: string): ReadonlyMap<string, number> {
  const family = parsePrometheus(text).find((each) => each.name === name)
  return new Map(
    family?.metrics.map(({ labels = {}, value }) => [Object.values(labels).sort().join(' '), Number(value)]),
  )
}

describe('journeys: watching a run', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'suite.yaml'), manyCases(FEW))
    writeFileSync(join(folder, 'many.yaml'), manyCases(CASES))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  const ask = (...args: string[]) => flowbreak(['run', 'suite.yaml', ...args], { cwd: folder })

  it('serves metrics that Prometheus reads while the run goes on, on this machine alone, and none afterwards', async () => {
    const child = startFlowbreak(['run', 'many.yaml', '--metrics', '0', '--reporter', 'json'], folder)
    const ended = once(child, 'exit')
    let told = ''
    child.stdout.resume()
    child.stderr.on('data', (piece: Buffer) => {
      told += piece
    })
    while (!told.includes('/metrics\n') && child.exitCode === null) await setTimeout(2)
    const [, url = ''] = /^metrics: (http:\/\/127\.0\.0\.1:\d+\/metrics)$/m.exec(told) ?? []
    const scraped: string[] = []
    while (child.exitCode === null) {
      const response = await fetch(url).catch(() => undefined)
      if (response === undefined) break
      expect(response.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/)
      scraped.push(await response.text())
      await setTimeout(20)
    }
    await ended
    expect(child.exitCode).to.equal(0)
    expect(scraped.length).to.be.greaterThan(1)
    const passed = scraped.map((text) => samples(text, 'flowbreak_cases_total').get('pass reference') ?? 0)
    expect(passed).to.deep.equal([...passed].sort((a, b) => a - b))
    expect(Math.max(...passed)).to.be.within(1, CASES)
    const last = scraped.at(-1) ?? ''
    expect(samples(last, 'flowbreak_cases_planned').get('')).to.equal(CASES)
    expect(samples(last, 'flowbreak_run_exit_code').get('')).to.be.oneOf([-1, 0])
    expect(samples(last, 'process_resident_memory_bytes').get('')).to.be.greaterThan(1e6)
    expect(await fetch(url).catch(() => 'closed')).to.equal('closed')
  })

  it('keeps them in a file for node_exporter, which agrees with the report', () => {
    const { status, stdout } = ask('--metrics', 'run.prom', '--reporter', 'json')
    expect(status).to.equal(0)
    const { summary } = JSON.parse(stdout)
    const text = readFileSync(join(folder, 'run.prom'), 'utf8')
    expect(samples(text, 'flowbreak_cases_total').get('pass reference')).to.equal(summary.cases)
    expect(samples(text, 'flowbreak_verdicts_total').get('forward reference')).to.equal(11 * summary.cases)
    expect(samples(text, 'flowbreak_verdicts_total').get('drop reference')).to.equal(15 * summary.cases)
    expect(samples(text, 'flowbreak_run_exit_code').get('')).to.equal(0)
    expect(readdirSync(folder).filter((name) => name.startsWith('run.prom'))).to.deep.equal(['run.prom'])
  })

  it('counts what workers do on their own', () => {
    const played = (...args: string[]) => {
      expect(ask('--metrics', 'workers.prom', '--reporter', 'json', ...args).status).to.equal(0)
      return readFileSync(join(folder, 'workers.prom'), 'utf8')
    }
    const alone = played()
    const two = played('--workers', '2')
    const of = (text: string, name: string) => samples(text, `flowbreak_${name}`).get('reference')
    expect(of(two, 'packets_total')).to.be.greaterThan(0)
    // Each worker that plays calibrates its own target.
    expect(of(two, 'packets_total')).to.be.at.least(of(alone, 'packets_total') ?? Number.NaN)
    expect(of(two, 'replays_total')).to.be.at.least(of(alone, 'replays_total') ?? Number.NaN)
    const cases = (text: string) =>
      ['flowbreak_verdicts_total', 'flowbreak_cases_total'].map((name) => [...samples(text, name)])
    expect(cases(two)).to.deep.equal(cases(alone))
    expect(two).to.contain(`flowbreak_case_seconds_count{target="reference"} ${FEW}\n`)
    expect([of(two, 'targets_up'), of(two, 'target_restarts_total')]).to.deep.equal([0, undefined])
  })

  it('logs what it does with the run, the target and the case, and no secrets', () => {
    writeFileSync(join(folder, 'dies.mjs'), DIES)
    writeFileSync(
      join(folder, 'flowbreak.config.yaml'),
      `targets: { mine: { kind: process, command: [node, dies.mjs, "\${LAB_PASSWORD}"] } }\n`,
    )
    process.env.LAB_PASSWORD = 'correct horse'
    try {
      const well = ask(
        '--log',
        'logs/run.ndjson',
        '--log-level',
        'debug',
        '--grep',
        'number:7',
        '--repeat',
        '2',
      )
      expect(well.status, well.stderr).to.equal(0)
      const lines = jsonLines(readFileSync(join(folder, 'logs/run.ndjson'), 'utf8'))
      const [started, ...others] = lines
      expect(started?.msg).to.equal('run started')
      for (const line of others) expect(line.run).to.equal(started?.run)
      const said = lines.map(({ level, msg }) => `${level} ${msg}`)
      expect(said.slice(-2)).to.deep.equal(['info target stopped', 'info run finished'])
      expect(said).to.include.members(['info target started', 'info calibration passed', 'debug replayed'])
      const finished = lines.find(({ msg }) => msg === 'case finished')
      expect(finished).to.deep.include({ level: 'info', target: 'reference', outcome: 'pass', attempts: 2 })

      const bad = ask('--target', 'mine', '--log-level', 'warn', '--grep', 'number:7')
      expect(bad.status).to.equal(3)
      const told = jsonLines(
        bad.stderr
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .join('\n'),
      )
      expect(told.map(({ msg }) => msg)).to.include.members(['target refused', 'target failed'])
      expect(bad.stderr).to.contain(`password \${LAB_PASSWORD}`).and.not.contain('correct horse')
    } finally {
      delete process.env.LAB_PASSWORD
      rmSync(join(folder, 'flowbreak.config.yaml'))
    }
  })

  it('tells the whole story of one case, as text and as JSON', () => {
    const { status, stdout, stderr } = ask('--trace', CASE)
    expect([status, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.match(/^✓ pass many\/swap\/number:7 on reference\n/)
    expect(stdout).to.match(/── *.*12 PSH ACK 128 B\n/)
    expect(stdout).to.match(/ 3 +0 c2s +ACK +fw-a +forward +holds: established\n/)
    expect(stdout).to.match(
      / 12 +0 s2c +PSH ACK 128 B +fw-b +drop +stream midstream; holds: no session, all dropped/,
    )
    expect(stdout).to.contain('== fw-a drained').and.contain('controls: 8 of 8 came out')

    const [story] = jsonLines(ask('--trace', CASE, '--json').stdout)
    const steps = story?.steps as { kind: string; packet?: number; verdict?: string; entry?: string }[]
    const packets = steps.filter(({ kind }) => kind === 'packet')
    expect(packets.map(({ packet }) => packet)).to.deep.equal(
      Array.from({ length: PACKETS }, (_, index) => index + 1),
    )
    expect(packets.every(({ entry }) => entry !== undefined)).to.equal(true)
    expect(steps.filter(({ kind }) => kind === 'control')).to.have.lengthOf(8)
    expect(steps.findIndex(({ kind }) => kind === 'event')).to.equal(
      steps.findIndex(({ packet }) => packet === 12) - 2,
    )
    expect(story?.grade).to.deep.include({ outcome: 'pass', attempt: 1 })
  })

  it('refuses what it cannot do, in a sentence', () => {
    const several = ask('--trace', 'number:1')
    expect([several.status, several.stderr]).to.deep.equal([
      2,
      'flowbreak: --trace takes one case, and 11 are called like number:1, as many/swap/number:1: name one whole. (ERR_USAGE)\n',
    ])
    expect(ask('--metrics', 'somewhere').stderr).to.match(
      /a file that ends in \.prom, not somewhere\. \(ERR_USAGE\)\n$/,
    )
    expect(ask('--metrics', '192.0.2.1:9').stderr).to.match(
      /cannot be served at 192\.0\.2\.1:9 \(.*\(ERR_METRICS\)\n$/,
    )
    expect(ask('--log', '/dev/null/x').stderr).to.match(
      /The log \/dev\/null\/x cannot be written .*\(ERR_LOG_FILE\)\n$/,
    )
    expect(ask('--log-level', 'loud').stderr).to.contain('--log-level')
  })

  it('loads packages only where what needs them is asked for', () => {
    const hook = join(folder, 'hook.cjs')
    writeFileSync(hook, "process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')))")
    const loaded = (...args: readonly string[]): readonly string[] => {
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--require', hook, MAIN, 'run', 'suite.yaml', '--grep', CASE, ...args],
        { cwd: folder, encoding: 'utf8' },
      )
      expect(status, stderr).to.equal(0)
      return [...new Set(stderr.match(/(?<=node_modules[/])(?:@[^/]+[/])?[^/]+/g))]
    }
    expect(loaded()).to.deep.equal([])
    expect(loaded('--log', 'run.log')).to.include('pino').and.not.include('prom-client')
    expect(loaded('--metrics', 'run.prom')).to.include('prom-client').and.not.include('pino')
  })
})
