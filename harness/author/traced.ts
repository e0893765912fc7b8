import type { Case } from '../model/case.ts'
import type { CaseTrace } from '../model/run-log.ts'
import type { Target } from '../model/target.ts'
import { HostedRun } from '../run/hosted-run.ts'
import { rootsOf } from '../run/suites.ts'
import { checkInjections } from '../suite/breaks-nothing.ts'
import { CaptureFinder } from '../suite/captures.ts'
import { parseInjections } from '../suite/injection-text.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { FlowbreakError } from '../support/errors.ts'
import { PLACES, version } from '../support/package.ts'
import { ReferenceTarget } from '../target/reference/reference.ts'

/** A capture, and how its flow is broken. */
export interface PlayOptions {
  /** A path, or the name of a capture in the folder `captures` here or in the package. */
  readonly capture: string
  /** As in a suite; keys that are absent have their defaults. */
  readonly setup?: SetupInput
  /** As `--inject` of `flowbreak replay` takes them: `host-swap@12`. */
  readonly inject?: readonly string[]
  /** The flow under test, from 0 (the default). */
  readonly flow?: number
  readonly endpoints?: Case['endpoints']
  /** The reference engine by default. */
  readonly target?: Target
  /** For ports and sequence numbers of new connections; 1 by default. */
  readonly seed?: number
}

/**
 * Plays one capture and returns what became of every packet, for tests in TypeScript: `expect(await play({…})).packet(14).to.be.rejected`.
 * Throws ERR_SETUP, ERR_INJECTION, ERR_CAPTURE_NOT_FOUND, and ERR_PLAY if the target lacks something, broke or was inconclusive.
 */
export async function play(options: PlayOptions): Promise<CaseTrace> {
  const { capture, inject = [], flow = 0, endpoints = 'recorded', seed = 1 } = options
  const target = options.target ?? new ReferenceTarget(version())
  const setup = makeSetup(options.setup)
  const injections = parseInjections(inject)
  checkInjections(injections, setup.topology.sharing.kind)
  const test: Case = {
    name: `play/${capture}`,
    suite: 'play',
    file: '',
    line: 0,
    rows: [],
    tags: [],
    requirement: '',
    axes: {},
    capture: captureNamed(capture),
    flow,
    endpoints,
    setup,
    injections,
    expectations: [],
  }
  const run = new HostedRun([test], async () => target, seed)
  const result = await run.result(test.name)
  await run.end()
  if (result.type === 'case-skipped')
    throw new FlowbreakError('ERR_PLAY', `${target.name} cannot play ${capture}: it lacks ${result.lacks}.`)
  const { outcome, detail, trace } = result
  if (trace !== undefined && (outcome === 'pass' || outcome === 'fail')) return trace
  throw new FlowbreakError('ERR_PLAY', `${capture} is ${outcome} on ${target.name}: ${detail ?? ''}`)
}

function captureNamed(name: string): string {
  const found = new CaptureFinder(rootsOf('captures', PLACES), `${process.cwd()}/suite`).find(name)
  if (found !== undefined) return found
  throw new FlowbreakError('ERR_CAPTURE_NOT_FOUND', `There is no capture "${name}": give a name or a path.`)
}
