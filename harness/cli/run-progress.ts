import type { Case } from '../model/case.ts'
import type { Target } from '../model/target.ts'
import { Progress } from '../report/progress.ts'
import { screenOf } from '../report/screen.ts'
import { secondsOf } from './run-plan.ts'

/** Progress on one line of a terminal, with the time that is left if it passes on a real clock; none in CI. */
export async function progressOf(
  casesBy: ReadonlyMap<Target, readonly Case[]>,
  planning: Parameters<typeof secondsOf>[1],
): Promise<Progress> {
  const screen = screenOf(process.stderr, process.env)
  const live = screen.live && !process.env.CI
  const seconds = live ? await secondsOf(casesBy, planning) : 0
  return new Progress({ ...screen, live }, (text) => process.stderr.write(text), { seconds })
}
