import { stripVTControlCharacters } from 'node:util'
import type { RunEvent } from '../model/run-log.ts'
import { NEEDS_A_LOOK } from './outcomes.ts'
import { painter } from './paint.ts'
import type { Screen } from './screen.ts'

/** Milliseconds between two updates: as fast as people can follow. */
const REDRAW = 100
/** Milliseconds between two updates while nothing happens except that time passes. */
const TICK = 1000
/** Milliseconds between two lines if they cannot be overwritten: a sign of life in a log. */
const QUIET = 30_000
const ERASE = '\r\u001b[2K'

/** One line on a terminal that shows how far a run has come; on anything else a line from time to time. */
export class Progress {
  readonly #screen: Screen
  readonly #write: (text: string) => void
  readonly #now: () => number
  /** The least time that the run takes; 0: unknown. */
  readonly #seconds: number
  #ticking: NodeJS.Timeout | undefined
  #planned = 0
  #done = 0
  #look = 0
  #began = 0
  #drawn = 0

  /** `now`: milliseconds of a monotonic clock. `seconds`: the duration of the run on a real clock, from its plan. */
  constructor(
    screen: Screen,
    write: (text: string) => void,
    { now = () => performance.now(), seconds = 0 }: { now?: () => number; seconds?: number } = {},
  ) {
    this.#screen = screen
    this.#write = write
    this.#now = now
    this.#seconds = seconds
  }

  /** Notes the next event of the run log. */
  take(event: RunEvent): void {
    if (event.type === 'run-started') {
      this.#planned = event.planned
      this.#began = this.#now()
      if (!this.#screen.live) this.#drawn = this.#began
      // During a silence of the timeline nothing happens for a long time.
      else if (this.#seconds > 0) this.#ticking ??= setInterval(() => this.#draw(), TICK).unref()
    } else if (event.type === 'case-finished' || event.type === 'case-skipped') {
      this.#done++
      if (event.type === 'case-finished' && NEEDS_A_LOOK.has(event.outcome)) this.#look++
    }
    if (event.type === 'run-finished') this.clear()
    else if (!this.#screen.live) this.#tell()
    else if (this.#now() - this.#drawn >= REDRAW) this.#draw()
  }

  /** Removes the line, so that other text can be written. */
  clear(): void {
    clearInterval(this.#ticking)
    this.#ticking = undefined
    if (this.#screen.live && this.#drawn > 0) this.#write(ERASE)
    this.#drawn = 0
  }

  #tell(): void {
    if (this.#now() - this.#drawn < QUIET) return
    this.#drawn = this.#now()
    this.#write(`${this.#done} of ${this.#planned} cases, ${this.#look} need a look\n`)
  }

  #draw(): void {
    this.#drawn = this.#now()
    const paint = painter(this.#screen.colour)
    const seconds = (this.#drawn - this.#began) / 1000
    const rate = seconds > 0 ? Math.round(this.#done / seconds) : 0
    const counted = `${this.#done} of ${this.#planned} cases`
    const look = this.#look === 0 ? '' : `  ${this.#look} need a look`
    const bar = barOf(this.#done, this.#planned)
    const pace = this.#seconds > 0 ? leftWords(this.#seconds - seconds) : `${rate}/s`
    const text = `${bar}${counted}${paint('red', look)}  ${pace}`
    const shown = stripVTControlCharacters(text).length < this.#screen.columns ? text : counted
    this.#write(`${ERASE}${shown}`)
  }
}

/** `about 1 min 20 s left`; a plan knows of no waiting besides the timelines. */
function leftWords(left: number): string {
  if (left <= 0) return 'nearly done'
  const whole = Math.ceil(left)
  const minutes = Math.floor(whole / 60)
  return `about ${minutes === 0 ? '' : `${minutes} min `}${whole % 60} s left`
}

const BAR = 20

function barOf(done: number, planned: number): string {
  if (planned === 0) return ''
  const full = Math.min(BAR, Math.floor((done / planned) * BAR))
  return `${'━'.repeat(full)}${'─'.repeat(BAR - full)}  `
}
