import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect } from 'chai'
import { evidenceFrames } from '../../harness/author/bug/evidence-frames.ts'
import { writeBug } from '../../harness/author/bug/write.ts'
import { type CaseResult, caseResults } from '../../harness/log/cases.ts'
import { readRunLog } from '../../harness/log/read.ts'
import type { CaseFinished } from '../../harness/model/run-log.ts'
import { FlowbreakError } from '../../harness/support/errors.ts'
import { loadRecorded, type Recorded } from '../../harness/timeline/recorded.ts'
import { playedLog, ROOT, scratchFolder } from './played.ts'

const DEVICE = { target: 'lab', version: '9.1', flowbreak: '0.1.0', run: 'run-1' }

describe('writeBug', () => {
  const { folder, remove } = scratchFolder()
  const out = join(folder, 'bug')
  let result: CaseResult & { readonly finished: CaseFinished }
  let recorded: Recorded
  before(async () => {
    const [found] = caseResults(readRunLog(await playedLog(folder)))
    if (found?.finished === undefined) throw new Error('A case was played.')
    result = { ...found, finished: found.finished }
    recorded = await loadRecorded(join(ROOT, found.case.capture))
  })
  after(remove)

  it('has a capture for what went into each arm and what came out, as the trace has it', async () => {
    const files = writeBug(out, result, recorded, DEVICE)
    expect(readdirSync(out).sort()).to.deep.equal(files)
    const { trace } = result.finished
    if (trace === undefined) throw new Error('It was observed.')
    const recordedOnes = (letter: string) =>
      [...trace.direction].filter(
        (way, at) => way === letter && (trace.number[at] ?? 0) > 0 && trace.host[at] === 0,
      ).length
    const forwarded = [...trace.direction].filter(
      (way, at) =>
        way === '>' && (trace.number[at] ?? 0) > 0 && trace.host[at] === 0 && trace.verdict[at] === 'f',
    ).length
    const sent = await loadRecorded(join(out, 'fw-a-client-sent.pcap'))
    expect(sent.batch.count).to.equal(recordedOnes('>'))
    expect((await loadRecorded(join(out, 'fw-a-server-sent.pcap'))).batch.count).to.equal(recordedOnes('<'))
    expect((await loadRecorded(join(out, 'fw-a-server-seen.pcap'))).batch.count).to.equal(forwarded)
    expect(Buffer.from(sent.batch.copyFrame(0))).to.deep.equal(Buffer.from(recorded.batch.copyFrame(0)))
  })

  it('says what was expected, by which document, and what was observed', () => {
    writeBug(out, result, recorded, DEVICE)
    const page = readFileSync(join(out, 'README.md'), 'utf8')
    for (const text of ['lab 9.1', '## First difference', '`fw-a-client-sent.pcap`', '| packet | time (s) |'])
      expect(page).to.include(text)
    for (const { provenance } of result.case.expectations)
      expect(page).to.include(provenance.where.slice(0, 20))
    expect(JSON.parse(readFileSync(join(out, 'case.json'), 'utf8'))).to.deep.equal(result.finished)
  })

  it('has what the device had recorded, if it was asked', () => {
    expect(writeBug(out, result, recorded, DEVICE)).not.to.include('target.log')
    expect(readFileSync(join(out, 'README.md'), 'utf8')).not.to.include('target.log')
    const asked = join(folder, 'asked')
    expect(writeBug(asked, result, recorded, { ...DEVICE, said: 'no session\n' })).to.include('target.log')
    expect(readFileSync(join(asked, 'target.log'), 'utf8')).to.equal('no session\n')
    expect(readFileSync(join(asked, 'README.md'), 'utf8')).to.include('`target.log`')
  })

  it('sends it again by tcpreplay, an arm each, and refuses other arguments', () => {
    writeBug(out, result, recorded, DEVICE)
    const bin = join(folder, 'bin')
    mkdirSync(bin, { recursive: true })
    for (const [name, script] of [
      ['tcpreplay', `echo "$@" >> ${join(folder, 'sent')}`],
      ['sleep', ':'],
    ] as const) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
      chmodSync(join(bin, name), 0o755)
    }
    const run = (...args: string[]) =>
      spawnSync(join(out, 'replay.sh'), args, {
        encoding: 'utf8',
        env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
      })
    const arms = readdirSync(out)
      .filter((name) => name.endsWith('-sent.pcap'))
      .sort()
    expect(run('one', 'two', 'three', 'four', 'five', 'six', 'seven').status).to.equal(2)
    const interfaces = arms.map((_, at) => `veth${at}`)
    const { status, stdout, stderr } = run(...interfaces)
    expect(status, stderr).to.equal(0)
    const lines = readFileSync(join(folder, 'sent'), 'utf8').trimEnd().split('\n').sort()
    expect(lines).to.deep.equal(arms.map((name, at) => `--quiet --intf1=veth${at} ${name}`).sort())
    for (const { label } of result.finished.trace?.events ?? []) expect(stdout).to.include(`now: ${label}`)
  })

  it('has what was really sent and seen where that was kept, what injections made among it, and no controls', async () => {
    const log = await playedLog(folder, { run: 'run-kept', grep: ['core/resets/**'], keeps: true })
    const kept = caseResults(readRunLog(log)).find(
      ({ finished }) =>
        finished?.trace?.number.includes(0) &&
        finished.trace.verdict.includes('d') &&
        finished.trace.emitted.length > 0,
    )?.finished
    if (kept?.evidence === undefined || kept.trace === undefined) throw new Error('One was kept.')
    const { trace } = kept
    const frames = await evidenceFrames(join(dirname(log), kept.evidence), trace)
    const count = (way: 'sent' | 'seen') => frames.arms.reduce((sum, arm) => sum + arm[way].length, 0)
    const played = [...trace.verdict].filter((letter) => letter !== 'n').length
    expect(count('sent')).to.equal(played)
    const dueAt = trace.time.filter((_, step) => trace.verdict[step] !== 'n')
    const sentAt = frames.arms.flatMap(({ sent }) => sent.map(({ at }) => Math.round(at / 1000)))
    expect(sentAt.sort((a, b) => a - b)).to.deep.equal(dueAt.sort((a, b) => a - b))
    const forwarded = [...trace.verdict].filter((letter) => letter === 'f').length
    expect(count('seen')).to.equal(forwarded + trace.emitted.length)
    for (const { sent, seen } of frames.arms)
      for (const list of [sent, seen])
        expect(list.map(({ at }) => at)).to.deep.equal(list.map(({ at }) => at).sort((a, b) => a - b))
    const files = writeBug(
      out,
      { case: kept.case, target: kept.target, outcome: kept.outcome, finished: kept },
      frames,
      DEVICE,
    )
    let total = 0
    for (const file of files.filter((name) => name.endsWith('-sent.pcap')))
      total += (await loadRecorded(join(out, file))).batch.count
    expect(total).to.equal(played)
    expect(readFileSync(join(out, 'README.md'), 'utf8')).to.include('packets of the test among them')
    writeFileSync(join(dirname(log), dirname(kept.evidence), 'timeline.json'), '{}')
    const refused = await evidenceFrames(join(dirname(log), kept.evidence), trace).catch((thrown) => thrown)
    expect(refused).to.be.instanceOf(FlowbreakError).with.property('code', 'ERR_BUG')
  })

  it('leaves nothing of a folder that cannot be written as a whole', () => {
    const taken = join(out, 'taken')
    mkdirSync(join(taken, 'replay.sh'), { recursive: true })
    expect(() => writeBug(taken, result, recorded, DEVICE)).to.throw(FlowbreakError, /EISDIR/)
    expect(readdirSync(taken)).to.deep.equal(['replay.sh'])
    const file = join(out, 'file')
    writeFileSync(file, '')
    expect(() => writeBug(join(file, 'below'), result, recorded, DEVICE)).to.throw(FlowbreakError, /ENOTDIR/)
  })

  it('has nothing to say of a case that was not observed', () => {
    const { trace: _, ...finished } = result.finished
    expect(() => writeBug(out, { ...result, finished }, recorded, DEVICE))
      .to.throw(FlowbreakError, 'Nothing was observed of')
      .with.property('code', 'ERR_BUG')
  })
})
