import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '../harness/model/run-log.ts'
import { renderHtml } from '../harness/report/html.ts'
import { median, runOnce } from './measure.ts'
import { PlainBrowser } from './open-page.ts'

const CASES = 5000
/** Every so-manieth case is told to have failed. */
const FAILS = 10
const ROUNDS = 5

/** What the HTML report of many cases costs. Seconds, and bytes. */
export interface ReportFigures {
  readonly cases: number
  readonly failures: number
  readonly bytes: number
  /** From the events of the log to the text of the page. */
  readonly render: number
  /** The whole command, which reads and checks the log and writes the file. */
  readonly command: number
  /** From the start of the navigation until every list is drawn, listened to and painted. */
  readonly interactive: number
  /** The same of a page of one word. */
  readonly blank: number
}

/** Plays all suites once, takes 5,000 cases of them with 500 failures, and measures the report of these. */
export async function measureReport(flowbreak: string, root: string): Promise<ReportFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const reporter = `json=${join(folder, 'run.json')}`
    const run = ['run', '--output', join(folder, 'runs'), '--reporter', reporter]
    runOnce({ command: process.execPath, args: [flowbreak, ...run], cwd: root })
    const [name = ''] = readdirSync(join(folder, 'runs'))
    const events = shortened(join(folder, 'runs', name, 'run.ndjson'))
    const log = join(folder, 'run.ndjson')
    writeFileSync(log, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
    const page = join(folder, 'report.html')
    const show = ['report', 'show', log, '--reporter', `html=${page}`]
    const command = rounds(() => runOnce({ command: process.execPath, args: [flowbreak, ...show] }).seconds)
    const render = rounds(() => {
      const began = performance.now()
      renderHtml(events)
      return (performance.now() - began) / 1000
    })
    const finished = events.filter((event) => event.type === 'case-finished')
    const blank = join(folder, 'blank.html')
    writeFileSync(blank, BLANK)
    const [opened, nothing] = await interactive(page, blank)
    return {
      cases: finished.length,
      failures: finished.filter(({ outcome }) => outcome === 'fail').length,
      bytes: statSync(page).size,
      render,
      command,
      interactive: opened,
      blank: nothing,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The median of some measurements, after one to warm up. */
function rounds(measure: () => number): number {
  measure()
  return median(Array.from({ length: ROUNDS }, measure))
}

/** The events of a log with as many cases, of which some are told to have failed at their last packet. */
function shortened(log: string): readonly RunEvent[] {
  let cases = 0
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line): RunEvent => JSON.parse(line))
    .flatMap((event): RunEvent[] => {
      if (event.type !== 'case-finished') return [event]
      if (++cases > CASES) return []
      const { trace } = event
      const [first] = event.case.expectations
      if (cases % FAILS !== 0 || trace === undefined || first === undefined) return [event]
      const index = trace.number.length - 1
      const phase = trace.phases[trace.phase[index] ?? 0] ?? ''
      const [expected, observed] = ['reject towards sender', 'drop']
      const { provenance } = first
      const message = `Packet ${trace.number[index]} (${phase}) was to be ${expected}, and was ${observed}.`
      const mismatch = { level: 'core', provenance, phase, index, expected, observed, message } as const
      return [{ ...event, outcome: 'fail', mismatches: [mismatch] }]
    })
}

/** When the lists were drawn, listened to and painted, in milliseconds from the start of the navigation. */
const PAINTED = "performance.getEntriesByName('flowbreak-ready')[0]?.startTime"
/** A page of one word that tells the same. */
const BLANK =
  '<!doctype html><title>blank</title><p>blank</p><script>requestAnimationFrame(() => setTimeout(() => performance.mark("flowbreak-ready")))</script>'

/** Opens the page and a blank one in turn, in one browser; the medians. */
async function interactive(page: string, blank: string): Promise<readonly [page: number, blank: number]> {
  await using browser = await PlainBrowser.launch()
  const times: (readonly [number, number])[] = []
  for (let round = 0; round <= ROUNDS; round++)
    times.push([await browser.open(page, PAINTED), await browser.open(blank, PAINTED)])
  const counted = times.slice(1)
  return [median(counted.map(([ours]) => ours / 1000)), median(counted.map(([, theirs]) => theirs / 1000))]
}
