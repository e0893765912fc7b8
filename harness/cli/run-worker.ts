import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { COLLECTED, EVIDENCE } from '../log/evidence.ts'
import { PortableEvents } from '../log/portable.ts'
import { KnownFailures } from '../plan/known-failures.ts'
import { CaptureStore } from '../run/captures.ts'
import type { Doing } from '../run/watch/watch.ts'
import { watchedTarget } from '../run/watch/watched-target.ts'
import { ownPort } from '../run/work/handles.ts'
import { InProcessPlayer } from '../run/work/in-process.ts'
import type { LotEvent } from '../run/work/lot.ts'
import type { WorkerRun } from '../run/work/messages.ts'
import { Surveys } from '../run/work/surveys.ts'
import { type Playing, WorkerServer } from '../run/work/worker-server.ts'
import { configured } from './configured.ts'
import { told } from './process.ts'
import { heldTargets } from './run-targets.ts'
import { heedUncaught } from './uncaught.ts'
import { PLACES } from './version.ts'

/** Prepares what one worker of a run plays with. */
async function begin(run: WorkerRun, told: (doing: Doing) => void): Promise<Playing> {
  const config = await configured(run.config)
  for (const [value, name] of run.secrets) config.secrets.keep(value, name)
  const { targets } = await config.guard(() =>
    heldTargets(
      run.plays.flat().map(({ asked }) => asked),
      run.profile,
      async (name) => {
        const target = await config.target(name)
        return run.watched ? watchedTarget(target, { told }) : target
      },
    ),
  )
  const captures = new CaptureStore({ given: run.captures })
  const portable = new PortableEvents(PLACES)
  const { seed, fold, folder } = run
  const played = targets.map((target) => ({ target, surveys: new Surveys(target, captures, seed, fold) }))
  const players = run.plays.map(
    (group) =>
      new InProcessPlayer(
        played.filter(({ target }) => group.some(({ name }) => name === target.name)),
        {
          captures,
          seed,
          repeat: run.repeat,
          retries: run.retries,
          bail: run.bail,
          knownFailures: new KnownFailures(run.knownFailures, ''),
          collect: { folder: join(folder, COLLECTED), redact: (text) => config.secrets.hide(text) },
          evidence:
            run.evidence === 'none' ? undefined : { of: run.evidence, folder: join(folder, EVIDENCE) },
        },
      ),
  )
  return {
    players,
    told: (event) => portable.of(config.secrets.hide(event)) as LotEvent,
    traced: run.traced,
  }
}

const server = new WorkerServer(ownPort(), begin)
if (isMainThread) {
  heedUncaught('a worker ends here, and what it had not reported is played again', (error) =>
    process.exit(told(error, false)),
  )
  // Ctrl-C, and the end of a terminal, reach all processes of a terminal: the run decides what to do about it.
  for (const name of ['SIGINT', 'SIGHUP']) process.on(name, () => undefined)
  process.on('SIGTERM', () => void server.leave())
  // The run is gone, for whatever reason.
  process.on('disconnect', () => void server.leave())
}
