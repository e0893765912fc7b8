import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CaseFinished, RunEvent } from '../../model/run-log.ts'
import type { Doing, Watch } from './watch.ts'

/** Upper bounds in seconds: for latencies of a wire and a device, and for durations of cases. */
const LATENCIES = [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const DURATIONS = [1e-3, 5e-3, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]

/** Letters of a trace; a packet that was not run has no verdict. */
const VERDICTS = { f: 'forward', d: 'drop', r: 'reject', a: 'answered', u: 'undecided' } as const

/** Metrics of a run and of this process in the format of Prometheus (text format 0.0.4). */
export class RunMetrics implements Watch {
  readonly #registry = new Registry()
  readonly #planned = this.#gauge('flowbreak_cases_planned', 'Cases that are to be played.')
  readonly #cases = this.#counter('flowbreak_cases_total', 'Cases that have a result.', 'target', 'outcome')
  readonly #attempts = this.#counter('flowbreak_attempts_total', 'Attempts at cases.', 'target')
  readonly #verdicts = this.#counter(
    'flowbreak_verdicts_total',
    'Packets of cases by what became of them.',
    ...['target', 'verdict'],
  )
  readonly #caseSeconds = this.#histogram(
    'flowbreak_case_seconds',
    'What an attempt at a case took.',
    DURATIONS,
  )
  readonly #latency = this.#histogram(
    'flowbreak_verdict_latency_seconds',
    'From when a packet was sent until it came out, on wires, by the clock of the device.',
    LATENCIES,
  )
  readonly #replays = this.#counter(
    'flowbreak_replays_total',
    'Timelines that were played: calibrations, attempts and their rounds.',
    'target',
  )
  readonly #packets = this.#counter('flowbreak_packets_total', 'Packets that were offered.', 'target')
  readonly #restarts = this.#counter(
    'flowbreak_target_restarts_total',
    'Times that a target was brought up again after its first.',
    'target',
  )
  readonly #failures = this.#counter(
    'flowbreak_target_failures_total',
    'Times that a target could not be used.',
    ...['target', 'code'],
  )
  readonly #up = this.#gauge('flowbreak_targets_up', 'Sessions of a target that are open.', 'target')
  readonly #warnings = this.#counter('flowbreak_warnings_total', 'Warnings.', 'code')
  readonly #playing = this.#gauge('flowbreak_lots_playing', 'Parts of the plan that are being played.')
  readonly #workers = this.#gauge('flowbreak_workers', 'Workers that the run has; 1: it plays by itself.')
  readonly #lost = this.#counter(
    'flowbreak_workers_lost_total',
    'Workers that went away, and had others begun.',
  )
  readonly #exit = this.#gauge('flowbreak_run_exit_code', 'What the run ended with; -1: it goes on.')
  /** Targets that were up, by worker: each worker brings up its own. */
  readonly #started = new Set<string>()

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    this.#exit.set(-1)
    // A process that plays its cases itself counts as one worker.
    this.#workers.set(1)
  }

  /** All metrics in the text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  take(event: RunEvent): void {
    if (event.type === 'run-started') this.#planned.set(event.planned)
    else if (event.type === 'case-finished') this.#finished(event)
    else if (event.type === 'case-skipped') this.#cases.inc({ target: event.target, outcome: 'skipped' })
    else if (event.type === 'target-failed') this.#failures.inc({ target: event.target, code: event.code })
    else if (event.type === 'warning') this.#warnings.inc({ code: event.code })
    else if (event.type === 'run-finished') this.#exit.set(event.exitCode)
  }

  told(doing: Doing): void {
    switch (doing.kind) {
      case 'target-started':
        if (this.#started.has(`${doing.worker} ${doing.target}`)) this.#restarts.inc({ target: doing.target })
        this.#started.add(`${doing.worker} ${doing.target}`)
        this.#up.inc({ target: doing.target })
        break
      case 'target-stopped':
        this.#up.dec({ target: doing.target })
        break
      case 'replayed':
        this.#replays.inc({ target: doing.target })
        this.#packets.inc({ target: doing.target }, doing.packets)
        for (const seconds of doing.latencies) this.#latency.observe({ target: doing.target }, seconds)
        break
      case 'lots':
        this.#playing.set(doing.playing)
        break
      case 'workers':
        this.#workers.set(doing.count)
        break
      case 'worker-lost':
        this.#lost.inc()
        break
    }
  }

  #finished({ target, outcome, attempt, durationMs, trace }: CaseFinished): void {
    this.#cases.inc({ target, outcome })
    this.#attempts.inc({ target }, attempt)
    if (trace === undefined) return
    this.#caseSeconds.observe({ target }, durationMs / 1000)
    for (const [letter, verdict] of Object.entries(VERDICTS)) {
      const count = trace.verdict.split(letter).length - 1
      if (count > 0) this.#verdicts.inc({ target, verdict }, count)
    }
  }

  #counter(name: string, help: string, ...labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] })
  }

  #gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] })
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, labelNames: ['target'], buckets, registers: [this.#registry] })
  }
}
