import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { contentName } from '../../harness/log/evidence.ts'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { flowbreak, jsonLines, startFlowbreak } from './command.ts'
import { GeneveLab } from './geneve-lab.ts'
import { manyCases } from './many.ts'
import { TestRedis } from './redis.ts'

/** More than one lot; cases of a lot are folded. */
const CASES = 48
const SAID = 'show sessions: none\n'

describe('journeys: what devices say, through a queue', function () {
  this.timeout(60_000)
  let folder = ''
  let redis: TestRedis
  let lab: GeneveLab
  before(function () {
    if (missingPrograms().length > 0) this.skip()
  })
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    redis = await TestRedis.start(join(folder, 'redis'))
    lab = await GeneveLab.open(['--profile', 'aws-nfw', '--policy', 'drop'], {
      profile: 'aws-nfw',
      policies: ['drop'],
    })
  })
  afterEach(async () => {
    await lab?.[Symbol.asyncDispose]()
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('comes with each of many failures that it is the same for', async () => {
    const suite = manyCases(CASES)
      .replace('matrix:', 'setup: { profile: aws-nfw, policy: drop }\nmatrix:')
      // Nothing comes out after a swap, and it is to.
      .replace('host-swap: drop', 'host-swap: forward')
    writeFileSync(join(folder, 'suite.yaml'), suite)
    const hooks = { ...(lab.spec.hooks as object), collect: ['echo', SAID.trim()] }
    const targets = { lab: { ...lab.spec, hooks } }
    writeFileSync(join(folder, 'flowbreak.config.json'), JSON.stringify({ targets }))
    const url = `redis://127.0.0.1:${redis.port}/?lost=4&wait=30&gone=30`
    const worker = startFlowbreak(['worker', '--queue', url, '--target', 'lab', '--once'], folder)
    try {
      const run = flowbreak(['run', 'suite.yaml', '--queue', url, '--target', 'lab', '--output', 'runs'], {
        cwd: folder,
      })
      expect(run.status, run.stderr).to.equal(1)
      const place = join(folder, 'runs', readdirSync(join(folder, 'runs'))[0] ?? '')
      const results = jsonLines(readFileSync(join(place, 'run.ndjson'), 'utf8')).filter(
        ({ type }) => type === 'case-finished',
      )
      expect(results).to.have.lengthOf(CASES)
      const name = `${contentName(SAID)}.txt`
      expect(new Set(results.map(({ collected }) => collected))).to.deep.equal(new Set([`collected/${name}`]))
      expect(readdirSync(join(place, 'collected'))).to.deep.equal([name])
      const evidence = readdirSync(join(place, 'evidence'))
      expect(evidence).to.have.lengthOf(CASES)
      for (const each of evidence)
        expect(readFileSync(join(place, 'evidence', each, 'target.log'), 'utf8')).to.equal(SAID)
      const verified = flowbreak(['report', 'verify', join(place, 'run.ndjson')], { cwd: folder })
      expect(verified.status, verified.stdout + verified.stderr).to.equal(0)
      const bug = ['report', 'bug', 'many/swap/number:7', '-o', 'bug']
      const told = flowbreak([...bug, '--run', place], { cwd: folder })
      expect(told.status, told.stderr).to.equal(0)
      expect(readFileSync(join(folder, 'bug/target.log'), 'utf8')).to.equal(SAID)
    } finally {
      worker.kill('SIGKILL')
    }
  })
})
