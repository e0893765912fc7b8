import { join } from 'node:path'
import { COLLECTED, EVIDENCE } from '../../log/evidence.ts'
import { untraced } from '../../log/kept.ts'
import { PortableEvents } from '../../log/portable.ts'
import type { Case } from '../../model/case.ts'
import type { Setup } from '../../model/setup.ts'
import type { Target } from '../../model/target.ts'
import { KnownFailures } from '../../plan/known-failures.ts'
import { asFlowbreakError, messageOf } from '../../support/errors.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import { CaptureStore } from '../captures.ts'
import { InProcessPlayer } from '../work/in-process.ts'
import type { LotEvent } from '../work/lot.ts'
import { Surveys } from '../work/surveys.ts'
import { BlobCache, putBlob } from './blobs.ts'
import { dropCollected, dropEvidence, filesOf } from './files.ts'
import type { Hold } from './hold.ts'
import { runTtl } from './keys.ts'
import type { Link } from './link.ts'
import { type RunSpec, type Told, unpackTask } from './messages.ts'
import { Teller } from './teller.ts'

/** An attempt that this worker has claimed, and its task. */
export interface Claimed {
  readonly hold: Hold
  readonly spec: string
  readonly task: string
}

/** Plays lots of runs elsewhere on one target; keeps what can be reused from one lot to the next. */
export class Stage implements AsyncDisposable {
  readonly #link: Link
  readonly #target: Target
  readonly #folder: string
  readonly #hide: <T>(value: T) => T
  readonly #blobs: BlobCache
  /** For one run. */
  #playing:
    | { readonly run: string; readonly player: InProcessPlayer; readonly captures: FetchedCaptures }
    | undefined

  /** `folder`: for files that are fetched or sent. */
  constructor(link: Link, target: Target, folder: string, hide: <T>(value: T) => T) {
    this.#link = link
    this.#target = target
    this.#folder = folder
    this.#hide = hide
    this.#blobs = new BlobCache(join(folder, 'captures'))
  }

  /** Does the claimed task as long as it counts, or until `signal` aborts, and gives the rest back. */
  async play(claimed: Claimed, signal: AbortSignal): Promise<void> {
    const { hold } = claimed
    const teller = new Teller(this.#link, hold)
    const stop = AbortSignal.any([signal, hold.off])
    let end: Told = { end: 'given-back' }
    try {
      if (!stop.aborted) await this.#do(claimed, stop, teller)
      if (!stop.aborted) end = { end: 'done' }
    } catch (thrown) {
      const code = asFlowbreakError(thrown)?.code ?? 'ERR_INTERNAL'
      if (!stop.aborted) end = { end: { code, message: this.#hide(messageOf(thrown)) } }
    }
    await teller.end(end)
    // Nobody is responsible any more for what it was doing.
    if (hold.off.aborted) await this.rest()
    await hold.release()
  }

  /** Releases the target. */
  async rest(): Promise<void> {
    await this.#playing?.player[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rest()
    this.#playing = undefined
  }

  async #do({ hold, spec, task }: Claimed, signal: AbortSignal, teller: Teller): Promise<void> {
    const { keys, name } = hold.attempt
    const { kind, lot, captures } = unpackTask(task)
    if (kind === 'lacks') {
      await teller.tell({ lacks: lackingOf(lot.cases, this.#target) })
      return
    }
    const run = JSON.parse(spec) as RunSpec
    const playing = await this.#at(keys.run, run)
    for (const { path, ...blob } of captures)
      playing.captures.have(path, await this.#blobs.file(this.#link, keys, blob))
    hold.begin()
    const portable = new PortableEvents(run.places)
    const numbers = new Map(lot.cases.map((test, at) => [test.name, at]))
    await playing.player.play(lot, signal, async (event) => {
      hold.check()
      const files = filesOf(event, this.#folder)
      const put = { must: keys.attempt(name), ttl: runTtl(this.#link.address) }
      await Promise.all(
        files.map(({ path, sha256 }) =>
          putBlob(this.#link, keys, join(this.#folder, path), { ...put, sha256 }),
        ),
      )
      dropEvidence(files, this.#folder)
      const whole = portable.of(this.#hide(event)) as LotEvent
      const told = numbered(run.traced ? whole : (untraced(whole) as LotEvent), numbers)
      await teller.tell(files.length === 0 ? { event: told } : { event: told, files }, JSON.stringify(whole))
    })
    // All cases of a fold have the same.
    dropCollected(this.#folder)
  }

  /** The player of a run; the player of another run releases the target first. */
  async #at(run: string, spec: RunSpec) {
    if (this.#playing?.run === run) return this.#playing
    await this.rest()
    const captures = new FetchedCaptures()
    const player = new InProcessPlayer(
      [{ target: this.#target, surveys: new Surveys(this.#target, captures, spec.seed, spec.fold) }],
      {
        captures,
        seed: spec.seed,
        repeat: spec.repeat,
        retries: spec.retries,
        bail: spec.bail,
        knownFailures: new KnownFailures(spec.known, ''),
        evidence:
          spec.evidence === 'none' ? undefined : { of: spec.evidence, folder: join(this.#folder, EVIDENCE) },
        collect: { folder: join(this.#folder, COLLECTED), redact: this.#hide },
      },
    )
    this.#playing = { run, player, captures }
    return this.#playing
  }
}

/** An event with the number of its case in the lot, because the receiver has the case. */
function numbered(event: LotEvent, numbers: ReadonlyMap<string, number>): LotEvent {
  if (!('case' in event)) return event
  return { ...event, case: numbers.get(event.case.name) } as unknown as LotEvent
}

function lackingOf(cases: readonly Case[], target: Target): Readonly<Record<string, string>> {
  const lacking: Record<string, string> = {}
  for (const test of cases) {
    const what = target.lacks?.(test)
    if (what !== undefined) lacking[test.name] = what
  }
  return lacking
}

/** Captures that have been fetched, by the paths in their cases. */
class FetchedCaptures extends CaptureStore {
  readonly #files = new Map<string, string>()

  have(path: string, file: string): void {
    this.#files.set(path, file)
  }

  override load(path: string, setup: Setup): Promise<Recorded> {
    return super.load(this.#files.get(path) ?? path, setup)
  }
}
