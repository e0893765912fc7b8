import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunLogWriter } from '../harness/log/write.ts'
import type { CaseFinished, RunEvent } from '../harness/model/run-log.ts'
import { fixtureRun } from '../harness/report/fixtures/run.ts'
import { REPORTERS } from '../harness/report/index.ts'
import { alternate, median } from './measure.ts'

/** Cases of the logs that are rendered and compared. */
const CASES = 5000

/**
 * Each format from a log of so many cases (`report show`), and two such logs against each other (`report compare`): whole processes,
 * median of 5, beside Node that only reads and parses the log.
 */
export async function measureFormats(main: string) {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const log = await writtenLog(join(folder, 'run.ndjson'))
    const out = join(folder, 'out')
    const show = (name: string) => ['report', 'show', log, '--reporter', `${name}=${out}`]
    const tasks = [
      ...Object.keys(REPORTERS).map((name) => ({ what: `${name} of ${CASES} cases`, args: show(name) })),
      {
        what: `compare of two runs of ${CASES}`,
        args: ['report', 'compare', log, log, '--reporter', `json=${out}`],
      },
    ]
    const samples = alternate([
      { command: process.execPath, args: ['-e', PARSE, log] },
      ...tasks.map(({ args }) => ({ command: process.execPath, args: [main, ...args] })),
    ])
    const [plain, ...ours] = samples.map((each) => median(each.map(({ seconds }) => seconds)))
    return tasks.map(({ what }, at) => ({
      what,
      ours: `${(ours[at] ?? 0).toFixed(2)} s`,
      peer: `JSON.parse ${(plain ?? 0).toFixed(2)} s`,
      figure: `${(ours[at] ?? 0).toFixed(2)} s`,
      aim: '<= 2 s',
    }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const PARSE = `require('fs').readFileSync(process.argv[1], 'utf8').trim().split('\\n').map((line) => JSON.parse(line))`

/** A log of cases of seven packets each, one in a hundred of them failing. */
async function writtenLog(file: string): Promise<string> {
  const events = fixtureRun()
  const finished = (outcome: CaseFinished['outcome']) => {
    const found = events.find(
      (event): event is CaseFinished => event.type === 'case-finished' && event.outcome === outcome,
    )
    if (found === undefined) throw new Error(`The fixture has no case that is ${outcome}.`)
    return found
  }
  const [pass, fail] = [finished('pass'), finished('fail')]
  const writer = new RunLogWriter(file)
  const add = (event: RunEvent | undefined) => event !== undefined && writer.append(event)
  add(events[0])
  for (let at = 0; at < CASES; at++) {
    const event = at % 100 === 0 ? fail : pass
    const suite = `core/part-${at % 75}`
    add({
      ...event,
      case: { ...event.case, suite, name: `${suite}/case-${at}/policy:drop`, axes: { policy: 'drop' } },
    })
  }
  add(events.at(-1))
  await writer.close()
  return file
}
