import type { Case } from '../model/case.ts'
import type { Target } from '../model/target.ts'
import type { RunSpec } from '../run/queue/messages.ts'
import type { RemoteRun, RemoteRunOptions } from '../run/queue/remote-run.ts'
import type { LotPlayer } from '../run/work/lot.ts'
import { FlowbreakError } from '../support/errors.ts'
import type { Configured } from './configured.ts'
import { openQueue } from './queue-link.ts'
import type { RunChoices } from './run-command.ts'
import { PLACES, version } from './version.ts'

/** Remote workers for a run, as `run` uses them. */
export interface RunQueue extends AsyncDisposable {
  /** The target of that name in the form that workers have; waits for one. */
  readonly target: (name: string, signal: AbortSignal) => Promise<Target>
  /** The players of the run, once its cases are known; asks workers what their targets lack for them. */
  readonly players: (
    casesBy: ReadonlyMap<Target, readonly Case[]>,
    signal: AbortSignal,
    options: Omit<RemoteRunOptions, 'spec'> & { readonly spec: Omit<RunSpec, 'places'> },
  ) => Promise<readonly LotPlayer[]>
}

/** Throws ERR_USAGE if `--queue` is combined with options for this machine only. */
export function checkWithQueue({ queue, workers = 1, trace }: RunChoices): void {
  if (queue === undefined) return
  const other =
    workers > 1
      ? '--workers are of this machine'
      : trace === undefined
        ? undefined
        : '--trace looks into this machine'
  if (other !== undefined)
    throw new FlowbreakError('ERR_USAGE', `${other}, and --queue has workers elsewhere: leave one out.`)
}

/** The workers at the queue that `--queue` names. Throws errors of `openQueue`. */
export async function mustered(text: string, config: Configured): Promise<RunQueue> {
  const [{ Muster }, { RemoteRun }] = await Promise.all([
    import('../run/queue/muster.ts'),
    import('../run/queue/remote-run.ts'),
  ])
  const link = await openQueue(text, config)
  const muster = new Muster(link, version(), (sentence) => process.stderr.write(`flowbreak: ${sentence}\n`))
  let remote: RemoteRun | undefined
  return {
    target: (name, signal) => muster.target(name, signal),
    players: async (casesBy, signal, options) => {
      remote = new RemoteRun(link, muster, { ...options, spec: { ...options.spec, places: PLACES } })
      for (const [target, cases] of casesBy) await remote.survey(target, cases, signal)
      return [remote]
    },
    [Symbol.asyncDispose]: async () => {
      await remote?.[Symbol.asyncDispose]()
      link.close()
    },
  }
}
