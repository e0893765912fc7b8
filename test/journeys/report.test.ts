import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak } from './command.ts'

describe('journeys: report', () => {
  let folder = ''
  let run = ''
  const inFolder = (...args: string[]) => flowbreak(args, { cwd: folder })
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    const played = inFolder(
      'run',
      'core/resets',
      '--grep',
      'core/resets/exact/**',
      '--seed',
      '7',
      '--reporter',
      'json',
    )
    expect(played.status, played.stderr).to.equal(0)
    run = readdirSync(join(folder, 'reports/runs'))[0] ?? ''
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('verifies a run, by its name, its folder, its log, or as the latest', () => {
    for (const word of [[run], [`reports/runs/${run}`], [`reports/runs/${run}/run.ndjson`], []]) {
      const { status, stdout } = inFolder('report', 'verify', ...word)
      expect(status).to.equal(0)
      expect(stdout).to.match(/^✓ .*run\.ndjson: its log and \d+ cases, graded again, hold\.\n$/)
    }
  })

  it('publishes it with an index, the same each time, and verifies what was published', () => {
    for (const _ of [1, 2]) {
      const { status, stdout, stderr } = inFolder('report', 'publish', run)
      expect(status, stderr).to.equal(0)
      expect(stdout).to.match(/^reports\/reference\/0\.1\.0: core ✓ (\d+)\/\1, extended –, provisional/)
    }
    expect(readFileSync(join(folder, 'reports/index.html'), 'utf8')).to.include('reference 0.1.0')
    expect(readFileSync(join(folder, 'reports/README.md'), 'utf8')).to.include('[reference 0.1.0]')
    const { status, stdout } = inFolder('report', 'verify', 'reports/reference/0.1.0', '--json')
    expect(status).to.equal(0)
    expect(JSON.parse(stdout)).to.deep.include({ published: true, findings: [], notes: [] })
    expect(inFolder('report', 'show', 'reports/reference/0.1.0', '--json').status).to.equal(0)
  })

  it('names what it is published as, and what cannot be', () => {
    const { status, stdout } = inFolder(
      'report',
      'publish',
      run,
      '--as',
      'mine/2 beta',
      '--to',
      'out',
      '--json',
    )
    expect(status).to.equal(0)
    expect(JSON.parse(stdout)).to.include({ folder: 'out/mine/2-beta' })
    for (const as of ['/', 'a/b/c', '../x', 'a/..']) {
      const refused = inFolder('report', 'publish', run, '--as', as, '--to', 'none')
      expect(refused.status, as).to.equal(2)
      expect(refused.stderr).to.include('--as takes NAME or NAME/VERSION')
    }
    expect(existsSync(join(folder, 'none'))).to.equal(false)
  })

  it('fails on what does not hold, and does not publish it', () => {
    const log = join(folder, 'changed.ndjson')
    const text = readFileSync(join(folder, 'reports/runs', run, 'run.ndjson'), 'utf8')
    writeFileSync(log, text.replace('"seed":7', '"seed":8'))
    const verified = inFolder('report', 'verify', 'changed.ndjson')
    expect(verified.status).to.equal(1)
    expect(verified.stdout).to.match(/^✗ seal: The seal in line \d+ does not hold/)
    const published = inFolder('report', 'publish', 'changed.ndjson', '--to', 'none')
    expect(published.status).to.equal(2)
    expect(published.stderr).to.include('changed.ndjson is not published: The seal')
  })

  it('merges the parts of a run into one that verifies, and names the part that is missing', () => {
    const parts = [1, 2].map((at) => {
      const args = [
        'run',
        'core/resets',
        '--grep',
        'core/resets/exact/**',
        '--shard',
        `${at}/2`,
        '--output',
        `part-${at}`,
      ]
      expect(inFolder(...args).status).to.equal(0)
      return join(`part-${at}`, readdirSync(join(folder, `part-${at}`))[0] ?? '')
    })
    const evidence = join(folder, parts[0] ?? '', 'evidence')
    mkdirSync(join(evidence, 'unfinished-4711-0'), { recursive: true })
    const whole = inFolder('report', 'merge', ...parts, '--output', 'merged', '--json')
    expect(whole.status, whole.stderr).to.equal(0)
    const merged = join('merged', readdirSync(join(folder, 'merged'))[0] ?? '')
    expect(inFolder('report', 'verify', merged).status).to.equal(0)
    expect(readdirSync(join(folder, merged, 'evidence'))).to.deep.equal([])
    expect(inFolder('report', 'compare', run, merged).stdout).to.match(/no change in \d+ cases\n$/)
    // A file is in the way of what belongs into a folder.
    writeFileSync(join(folder, parts[1] ?? '', 'evidence'), '')
    const broken = inFolder('report', 'merge', ...parts, '--output', 'broken')
    expect(broken.status).to.equal(3)
    expect(broken.stderr).to.match(
      /^flowbreak: The merged run broken\/\S+ cannot be written \(.+ \(ERR_LOG_WRITE\)\n$/,
    )
    expect(readdirSync(join(folder, 'broken'))).to.deep.equal([])
    const half = inFolder('report', 'merge', parts[0] ?? '', '--output', 'half')
    expect(half.status).to.equal(130)
    expect(half.stdout).to.include('Part 2/2 is missing.')
  })

  it('compares with an earlier run, and fails on a regression', () => {
    const text = readFileSync(join(folder, 'reports/runs', run, 'run.ndjson'), 'utf8')
    writeFileSync(join(folder, 'worse.ndjson'), text.replace('"outcome":"pass"', '"outcome":"inconclusive"'))
    const worse = inFolder(
      'report',
      'compare',
      run,
      'worse.ndjson',
      '--reporter',
      'json',
      '--reporter',
      'markdown=out.md',
    )
    expect(worse.status).to.equal(1)
    expect(JSON.parse(worse.stdout).regressions).to.have.length(1)
    expect(readFileSync(join(folder, 'out.md'), 'utf8')).to.match(/^## ✗ flowbreak: 1 regression;/)
    expect(inFolder('report', 'compare', 'worse.ndjson', run).status).to.equal(0)
    expect(inFolder('report', 'compare', run, run, '--reporter', 'html').stdout).to.match(/^<!doctype html>/)
    const refused = inFolder('report', 'compare', run, run, '--reporter', 'junit')
    expect(refused.status).to.equal(2)
    expect(refused.stderr).to.include('use console, json, markdown, html')
  })

  it('writes a folder about one case, and says which of several is meant', () => {
    const [name = ''] = JSON.parse(inFolder('report', 'show', run, '--json').stdout).cases.map(
      (test: { name: string }) => test.name,
    )
    const written = inFolder('report', 'bug', name, '--run', run, '--output', 'bug', '--json')
    expect(written.status, written.stderr).to.equal(0)
    expect(JSON.parse(written.stdout).files).to.include.members(['README.md', 'case.json', 'replay.sh'])
    expect(readdirSync(join(folder, 'bug')).sort()).to.deep.equal(JSON.parse(written.stdout).files)
    expect(inFolder('report', 'bug', 'exact', '--run', run).stderr).to.match(
      /\d+ cases of .* are called like exact/,
    )
    expect(inFolder('report', 'bug', 'no-such-case', '--run', run).stderr).to.match(
      /^flowbreak: (\S+) has no case no-such-case: flowbreak report show \1 --reporter json names those that it has\. \(ERR_BUG\)\n$/,
    )
  })

  it('writes that folder of what was really sent and seen, where it was kept', () => {
    const args = [
      'run',
      'core/resets',
      '--grep',
      'core/resets/exact/**',
      '--evidence',
      'all',
      '--output',
      'kept',
    ]
    expect(inFolder(...args).status).to.equal(0)
    const [kept = ''] = readdirSync(join(folder, 'kept'))
    const evidence = join(folder, 'kept', kept, 'evidence')
    const [first = ''] = readdirSync(evidence)
    const { case: name } = JSON.parse(readFileSync(join(evidence, first, 'timeline.json'), 'utf8'))
    expect(inFolder('report', 'verify', join('kept', kept)).status).to.equal(0)
    const bug = ['report', 'bug', name, '--run', join('kept', kept), '--output', 'bug-kept']
    expect(inFolder(...bug).status).to.equal(0)
    const page = readFileSync(join(folder, 'bug-kept/README.md'), 'utf8')
    expect(page).to.include('as it was offered, packets of the test among them')
    appendFileSync(join(evidence, first, 'capture.pcapng'), 'x')
    const verified = inFolder('report', 'verify', join('kept', kept))
    expect(verified.status).to.equal(1)
    expect(verified.stdout).to.include(`evidence/${first} has another capture.pcapng than was written`)
  })

  it('prints the schema of the json report', () => {
    const published = readFileSync(new URL('../../reports/report.schema.json', import.meta.url), 'utf8')
    expect(inFolder('report', 'schema').stdout).to.equal(published)
  })

  it('says what is wrong with a run that is none', () => {
    writeFileSync(join(folder, 'newer.ndjson'), '{"type":"run-started","schema":2}\n')
    const wrong: readonly (readonly [string[], string])[] = [
      [['show', 'nothing'], 'There is no run nothing'],
      [['verify', 'nothing'], 'There is no run nothing'],
      [['publish', 'nothing'], 'There is no run nothing'],
      [['publish', 'newer.ndjson'], 'is a run log of version 2'],
      [['publish'], "missing required argument 'run'"],
      [['frame'], "unknown command 'frame'"],
    ]
    for (const [args, sentence] of wrong) {
      const { status, stderr } = inFolder('report', ...args)
      expect(status, args.join(' ')).to.equal(2)
      expect(stderr).to.include(sentence)
    }
  })
})
