import type { Case } from '../model/case.ts'
import type { Target } from '../model/target.ts'
import { terminalColumns } from '../report/screen.ts'
import { wrapLines, wrapName } from '../report/wrap.ts'
import { CaptureStore } from '../run/captures.ts'
import { Offers } from '../run/offer.ts'
import { type PlanSummary, summarisePlan } from '../run/plan-summary.ts'
import type { FoldChoice } from '../run/target-plan.ts'
import { counted } from '../support/counted.ts'

export interface PlanOptions {
  readonly seed: number
  readonly fold: FoldChoice
  readonly repeat: number
  readonly json: boolean
}

/** `run --plan`: prints what would be played through each target, without touching targets. */
export async function printPlan(
  planned: ReadonlyMap<Target, readonly Case[]>,
  { seed, fold, repeat, json }: PlanOptions,
): Promise<void> {
  const planning = { captures: new CaptureStore(), offers: new Offers(seed), fold }
  const targets: PlanSummary[] = []
  for (const [target, cases] of planned) targets.push(await summarisePlan(cases, target, planning, repeat))
  const [cases = []] = planned.values()
  const names = cases.map(({ name }) => name)
  const setups = new Set(cases.map(({ setup }) => setup.key)).size
  const captures = new Set(cases.map(({ capture }) => capture)).size
  if (json) {
    process.stdout.write(`${JSON.stringify({ cases: names, setups, captures, targets })}\n`)
    return
  }
  const columns = terminalColumns(process.stdout)
  for (const name of names) process.stdout.write(`${wrapName(name, '', columns)}\n`)
  const totals = `${counted(names.length, 'case')}, ${counted(setups, 'setup')}, ${counted(captures, 'capture')}\n`
  process.stdout.write(wrapLines(totals, columns))
  for (const summary of targets) {
    process.stdout.write(wrapLines(textOf(summary), columns))
    for (const { name, lacks } of summary.skipped)
      process.stdout.write(`${wrapName(`  skipped ${name}: `, lacks, columns)}\n`)
  }
}

/** Seconds that all replays take on real clocks; 0 if none has one. */
export async function secondsOf(
  planned: ReadonlyMap<Target, readonly Case[]>,
  { seed, fold, repeat }: Omit<PlanOptions, 'json'>,
): Promise<number> {
  let seconds = 0
  for (const [target, cases] of planned) {
    if (target.capabilities.clock !== 'real') continue
    const planning = { captures: new CaptureStore(), offers: new Offers(seed), fold }
    seconds += (await summarisePlan(cases, target, planning, repeat)).wallSeconds ?? 0
  }
  return seconds
}

function textOf(summary: PlanSummary): string {
  const { target, cases, setups, replays, folds, alone, peak, timelineSeconds, wallSeconds } = summary
  const lines = [
    `${target}: ${counted(cases, 'case')}, ${counted(setups, 'setup')}, ${counted(replays, 'replay')}, ${folds} of them folds`,
    ...Object.entries(alone).map(([why, count]) => `  ${count} alone: ${why}`),
    `  at most ${peak.sessions} sessions; in a second ${peak.packetsPerSecond} packets, ${peak.bytesPerSecond} bytes, ${peak.newConnectionsPerSecond} new connections`,
    wallSeconds === undefined
      ? `  ${timelineSeconds} s on a virtual clock, for which nobody waits`
      : `  ${wallSeconds} s on a real clock (${timelineSeconds} s of timelines)`,
  ]
  return `${lines.join('\n')}\n`
}
