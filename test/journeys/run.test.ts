import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, jsonLines, startFlowbreak } from './command.ts'
import { manyCases } from './many.ts'

/** Enough cases that a run of them can be interrupted. */
const MANY = manyCases(5000)

describe('journeys: run', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'suite.yaml'), MANY)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const log = () => {
    const [run = ''] = readdirSync(join(folder, 'runs'))
    return join(folder, 'runs', run, 'run.ndjson')
  }

  it('plays, reports and logs, from any folder', () => {
    const { status, stdout } = flowbreak(
      [
        'run',
        'suite.yaml',
        '--grep',
        '*/swap/number:1',
        '--output',
        'runs',
        '--reporter',
        'json',
        '--reporter',
        'junit=out/junit.xml',
        '--reporter',
        'html=out/report.html',
      ],
      { cwd: folder },
    )
    expect(status).to.equal(0)
    const report = JSON.parse(stdout)
    expect(report).to.include.keys('schema', 'run', 'summary', 'cases')
    expect(report.cases).to.have.lengthOf(1)
    expect(report.cases[0]).to.include({
      name: 'many/swap/number:1',
      suite: 'many',
      target: 'reference',
      outcome: 'pass',
    })
    expect(readFileSync(join(folder, 'out/junit.xml'), 'utf8')).to.contain('tests="1" failures="0"')
    expect(readFileSync(join(folder, 'out/report.html'), 'utf8')).to.contain('<!doctype html>')
    const events = jsonLines(readFileSync(log(), 'utf8'))
    expect(events.map(({ type }) => type)).to.deep.equal([
      'run-started',
      'target-ready',
      'case-finished',
      'run-finished',
    ])
    const again = flowbreak(['report', 'show', '--json', log()])
    expect(JSON.parse(again.stdout).cases).to.deep.equal(report.cases)
  })

  it("lets mocha's own reporters show the cases", () => {
    const { stdout } = flowbreak(
      ['run', 'suite.yaml', '--grep', '*/swap/number:1*', '--reporter', 'mocha:tap'],
      { cwd: folder },
    )
    expect(stdout).to.match(/^1\.\.\d+$/m)
    expect(stdout).to.match(/^ok 1 .*number:1$/m)
  })

  it('lets reporters for mocha show the cases that are installed, or lie, where it is called', () => {
    const module = join(folder, 'node_modules/shout/index.js')
    mkdirSync(dirname(module), { recursive: true })
    writeFileSync(
      module,
      "module.exports = class { constructor(runner) { runner.on('pass', ({ title }) => console.log('PASS', title)) } }",
    )
    for (const name of ['shout', './node_modules/shout', 'node_modules/shout/index.js']) {
      const { status, stdout } = flowbreak(
        ['run', 'suite.yaml', '--grep', '*/swap/number:17', '--reporter', `mocha:${name}`],
        { cwd: folder },
      )
      expect(status).to.equal(0)
      expect(stdout).to.match(/^PASS .*number:17$/m)
    }
    const { status, stderr } = flowbreak(['run', 'suite.yaml', '--reporter', 'mocha:nonsense'], {
      cwd: folder,
    })
    expect(status).to.equal(2)
    expect(stderr).to.match(
      /^flowbreak: Mocha has no reporter "nonsense", and no module of that name .*\(ERR_REPORTER\)\n$/,
    )
  })

  it('says what it would play, and plays nothing', () => {
    const { status, stdout } = flowbreak(['run', 'suite.yaml', '--shard', '1/50', '--plan', '--json'], {
      cwd: folder,
    })
    expect(status).to.equal(0)
    expect(JSON.parse(stdout).cases.length).to.be.within(50, 150)
    expect(readdirSync(folder)).to.deep.equal(['suite.yaml'])
  })

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    it(`keeps what was done when ${signal} interrupts it, and ends with 130`, async () => {
      const child = startFlowbreak(['run', 'suite.yaml', '--reporter', 'json=run.json'], folder)
      const seen = async () => {
        for (;;) {
          const runs = join(folder, 'reports/runs')
          try {
            const [run = ''] = readdirSync(runs)
            if (readFileSync(join(runs, run, 'run.ndjson'), 'utf8').includes('case-finished'))
              return join(runs, run, 'run.ndjson')
          } catch {
            // Not there yet.
          }
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
      const file = await seen()
      child.kill(signal)
      const [status] = await once(child, 'exit')
      expect(status).to.equal(130)
      const events = jsonLines(readFileSync(file, 'utf8'))
      expect(events.at(-1)).to.include({ type: 'run-finished', reason: 'interrupted', exitCode: 130 })
      const done = events.filter(({ type }) => type === 'case-finished').length
      expect(done).to.be.within(1, 4999)
      expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')).cases).to.have.lengthOf(done)
    })
})
