import type { KeptEvents, LinePlace } from '../log/kept.ts'
import { PortableEvents } from '../log/portable.ts'
import type { LogLine, RunLogWriter } from '../log/write.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { KnownFailures } from '../plan/known-failures.ts'
import type { Progress } from '../report/progress.ts'
import type { MochaHost } from '../run/mocha-host.ts'
import { giveBackPlain } from '../run/trace-columns.ts'
import type { Watch } from '../run/watch/watch.ts'
import { unneeded } from './run-known-failures.ts'
import { PLACES } from './version.ts'

/** Who gets the events of a run. */
export interface EventTakers {
  readonly log: RunLogWriter
  /** What of them is kept in memory for the reports. */
  readonly kept: KeptEvents
  readonly watch: Watch
  readonly progress: Progress
  readonly host: MochaHost
  /** Whether one of them besides the log needs the packets of cases that passed. */
  readonly traced: boolean
}

/** Distributes the events of a run: to its log, its watches, its progress line and its tests in mocha, and keeps them for its reports. */
export class RunEvents {
  /** All events so far, for reports. */
  readonly all: RunEvent[] = []
  readonly #takers: EventTakers
  readonly #known: KnownFailures
  readonly #hide: (event: RunEvent) => RunEvent
  readonly #portable = new PortableEvents(PLACES)

  /** `hide`: removes secrets. */
  constructor(takers: EventTakers, known: KnownFailures, hide: (event: RunEvent) => RunEvent) {
    this.#takers = takers
    this.#known = known
    this.#hide = hide
  }

  /** Takes an event that is in the log already, as the run is resumed. */
  recall(event: RunEvent): void {
    this.#take(event)
  }

  /** Takes a new event; `line`: its line in the log, if a worker wrote that. */
  readonly emit = (event: RunEvent, line?: LogLine): void => {
    const told = this.#portable.of(this.#hide(event))
    if (told.type === 'run-finished')
      for (const warning of unneeded(this.#known, this.all)) this.emit(warning)
    this.#takers.watch.take(told)
    this.#take(told, this.#takers.log.append(told, line))
    if (!this.#takers.traced) giveBackPlain(told)
  }

  #take(event: RunEvent, place?: LinePlace): void {
    const { kept, progress, host } = this.#takers
    this.all.push(place === undefined ? event : kept.keep(event, place))
    progress.take(event)
    if (event.type === 'case-finished' || event.type === 'case-skipped') host.settle(event)
  }
}
