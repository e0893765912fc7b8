import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { verifyLog } from '../../harness/cli/report-verify.ts'
import { EVIDENCE_TIMELINE, writeEvidence } from '../../harness/log/evidence.ts'
import { readRunLog } from '../../harness/log/read.ts'
import { RunLogWriter } from '../../harness/log/write.ts'
import type { CaseFinished, RunEvent } from '../../harness/model/run-log.ts'
import { publishRun } from '../../harness/report/publish/publish.ts'
import { addEvidence, playedLog, scratchFolder } from './played.ts'

const SEED = 20261127

describe('verifyRun', () => {
  const { folder, remove } = scratchFolder()
  let log: string
  let published: string
  before(async () => {
    log = await playedLog(folder)
    addEvidence(log, 'a.pcapng', Buffer.from(Array.from({ length: 500 }, (_, at) => at & 0xff)))
    const name = { implementation: 'reference', version: '1.2.3' }
    const made = publishRun({
      log,
      events: readRunLog(log),
      to: join(folder, 'reports'),
      name,
      replace: false,
    })
    published = made.folder
  })
  after(remove)

  /** What is found when one byte of a file is another. */
  const findingsWith = (file: string, at: number, flip: number, of: string): number => {
    const bytes = readFileSync(file)
    const changed = Buffer.from(bytes)
    changed[at] = (bytes[at] ?? 0) ^ flip
    writeFileSync(file, changed)
    try {
      return verifyLog(of).findings.length
    } finally {
      writeFileSync(file, bytes)
    }
  }

  it('holds for what a run wrote', () => {
    expect(verifyLog(log)).to.deep.include({ published: false, findings: [], notes: [] })
  })

  it('finds any flipped byte of a log', () => {
    const { length } = readFileSync(log)
    fc.assert(
      fc.property(
        fc.nat(length - 1),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => findingsWith(log, at, flip, log) > 0,
      ),
      { seed: SEED, numRuns: 60 },
    )
    // The last newline, and the seal itself.
    for (const back of [1, 2, 3, 40]) expect(findingsWith(log, length - back, 7, log)).to.be.above(0)
  })

  it('finds any flipped byte of a published report, evidence, pages and hashes alike', () => {
    const files = readdirSync(published, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    expect(files).to.have.length(7)
    const of = join(published, 'run.ndjson.gz')
    const place = fc
      .constantFrom(...files)
      .chain((file) => fc.tuple(fc.constant(file), fc.nat(readFileSync(file).length - 1)))
    fc.assert(
      fc.property(
        place,
        fc.integer({ min: 1, max: 255 }),
        ([file, at], flip) => findingsWith(file, at, flip, of) > 0,
      ),
      { seed: SEED, numRuns: 60 },
    )
  })

  it('finds what was changed with care, its seal made anew', async () => {
    const events = readRunLog(log)
    let forgeries = 0
    const forged = async (change: (event: CaseFinished) => CaseFinished): Promise<readonly string[]> => {
      let done = false
      const file = join(folder, `forged-${++forgeries}.ndjson`)
      const writer = new RunLogWriter(file)
      for (const event of events) {
        const told: RunEvent = event.type === 'case-finished' && !done ? change(event) : event
        done ||= event.type === 'case-finished'
        if (told.type === 'run-finished') {
          const { sha256: _, ...rest } = told
          writer.append(rest)
        } else writer.append(told)
      }
      await writer.close()
      return verifyLog(file).findings.map(({ check }) => check)
    }
    expect(await forged((event) => event)).to.deep.equal([])
    expect(await forged((event) => ({ ...event, outcome: 'fail' }))).to.deep.equal([
      'totals',
      'totals',
      'totals',
      'grade',
    ])
    expect(
      await forged((event) => ({ ...event, tally: { ...event.tally, core: { checked: 1000, met: 1000 } } })),
    ).to.deep.equal(['grade'])
    expect(
      await forged((event) => {
        if (event.trace === undefined) throw new Error('It was played.')
        return { ...event, trace: { ...event.trace, verdict: event.trace.verdict.replaceAll('f', 'd') } }
      }),
    ).to.deep.equal(['grade'])
    expect(await forged(({ trace: _, ...event }) => event)).to.deep.equal(['grade'])
  })

  it('finds what is not as it was in the folder of a case', async () => {
    const other = await playedLog(folder, { run: 'run-3' })
    const place = join(folder, 'run-3/evidence')
    const frame = { on: 'fw-a client', at: 0, link: 1, comment: 'packet 1', index: 0 } as const
    const frames = [{ ...frame, frame: Buffer.alloc(60, 7), what: 'packet', way: 'sent' }] as const
    const name = writeEvidence(place, { epoch: 0n, frames }, { [EVIDENCE_TIMELINE]: '{}\n' })
    expect(verifyLog(other).findings).to.deep.equal([])
    for (const file of ['capture.pcapng', EVIDENCE_TIMELINE, 'SHA256SUMS']) {
      const path = join(place, name, file)
      for (let at = 0; at < readFileSync(path).length; at++)
        expect(findingsWith(path, at, 1, other)).to.equal(1)
    }
    writeFileSync(join(place, name, 'more.txt'), 'x')
    expect(verifyLog(other).findings.map(({ message }) => message)).to.deep.equal([
      `evidence/${name} holds files that were not written with it.`,
    ])
    rmSync(join(place, name, 'more.txt'))
    rmSync(join(place, name, EVIDENCE_TIMELINE))
    expect(verifyLog(other).findings.map(({ message }) => message)).to.deep.equal([
      `evidence/${name} lacks timeline.json.`,
    ])
  })

  it('finds evidence that is not what it is called by', async () => {
    const other = await playedLog(folder, { run: 'run-2' })
    const bytes = Buffer.from('frames')
    const name = `${createHash('sha256').update(bytes).digest('hex')}.pcapng`
    addEvidence(other, name, bytes)
    expect(verifyLog(other).findings).to.deep.equal([])
    for (let at = 0; at < bytes.length; at++) {
      const file = join(folder, 'run-2/evidence', name)
      expect(findingsWith(file, at, 1 << at, other)).to.equal(1)
    }
  })

  it('tells of a run without end, and of a log that is none', () => {
    const cut = join(folder, 'cut.ndjson')
    writeFileSync(cut, readFileSync(log, 'utf8').split('\n').slice(0, 4).join('\n'))
    expect(verifyLog(cut).findings.map(({ check }) => check)).to.deep.equal(['seal', 'end'])
    writeFileSync(cut, 'hello\n')
    const [seal, none] = verifyLog(cut).findings
    expect(seal?.check).to.equal('seal')
    expect(none?.message).to.include('is not a run log')
  })

  it('notes suites that are here no more, or others', () => {
    const file = join(folder, 'other.ndjson')
    writeFileSync(
      file,
      readFileSync(log, 'utf8')
        .replace('suites/core/resets.yaml","sha256":"', 'suites/core/resets.yaml","sha256":"0')
        .replace(/captures\/([\w-]+)\.pcap","sha256/, 'captures/$1.none","sha256'),
    )
    const { notes } = verifyLog(file)
    expect(notes[0]).to.equal('suites/core/resets.yaml is not the version that was run.')
    expect(notes[1]).to.match(/^captures\/.*\.none is not here\.$/)
  })
})
