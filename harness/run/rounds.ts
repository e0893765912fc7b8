import type { Emitted } from '../model/batch.ts'
import { Verdict } from '../model/codes.ts'
import { isForwardedAfterAll, type ObservationBatch } from '../model/target.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { type Answers, Feedback } from '../timeline/feedback.ts'

/** Most times that an attempt starts again because an answer was taken back. */
const MOST_TAKEN_BACK = 4
/** Most rounds of an attempt: each settles at least one more verdict, and usually all up to the next one of another kind. */
const MOST_ROUNDS = 256
const NOTHING: readonly Emitted[] = []

interface Guess {
  readonly verdict?: number
  readonly nothingEmitted?: true
  readonly ownSource?: true
}

/**
 * Answers guards and reactive endpoints on any target. A target that reports observations before it takes more packets is asked as it
 * goes. One that answers only when the timeline has ended is offered the packets in rounds, each from an empty table: a missing answer is
 * guessed to be the same as the answer before it, and a round with a wrong guess is played again with the answers observed so far. The
 * round in which every guess was right is what a target that answers at once would have seen.
 */
export class Rounds implements Answers {
  /** The observations of this round, and those of the round before. */
  #now = new Feedback()
  #before = new Feedback()
  /** Steps below this have correct answers in the round before. */
  #sure = 0
  #rounds = 0
  /** The guesses of this round, by step, in order. */
  readonly #guessed = new Map<number, Guess>()
  /** Steps of this round whose packets were answered as not forwarded, and whether such an answer was taken back. */
  readonly #stopped = new Set<number>()
  #isTakenBack = false
  #takenBack = 0

  /** Starts another attempt. */
  reset(): void {
    this.#now.reset()
    this.#before.reset()
    this.#guessed.clear()
    this.#sure = 0
    this.#rounds = 0
    this.#stopped.clear()
    this.#isTakenBack = false
    this.#takenBack = 0
  }

  /** Records packets `from` … `to`-1 of an observation batch. */
  record(observed: ObservationBatch, from?: number, to?: number): void {
    for (const sighting of observed.sightings ?? [])
      if (isForwardedAfterAll(sighting) && this.#stopped.has(sighting.step)) this.#isTakenBack = true
    this.#now.record(observed, from, to)
  }

  verdictOf(step: number): number {
    if (step < 0 || this.#now.has(step)) return this.#answered(step)
    if (step < this.#sure) return this.#before.verdictOf(step)
    const verdict = this.#sure === 0 ? Verdict.forward : this.#before.verdictOf(this.#sure - 1)
    this.#guessed.set(step, { ...this.#guessed.get(step), verdict })
    return verdict
  }

  #answered(step: number): number {
    const verdict = this.#now.verdictOf(step)
    if (step >= 0 && verdict !== Verdict.forward) this.#stopped.add(step)
    return verdict
  }

  /** A missing answer is guessed to be none. */
  emittedAt(step: number): readonly Emitted[] {
    if (this.#now.has(step)) return this.#now.emittedAt(step)
    if (step < this.#sure) return this.#before.emittedAt(step)
    this.#guessed.set(step, { ...this.#guessed.get(step), nothingEmitted: true })
    return NOTHING
  }

  /** A missing answer is guessed to be no. */
  newSourceAt(step: number): boolean {
    if (this.#now.has(step)) return this.#now.newSourceAt(step)
    if (step < this.#sure) return this.#before.newSourceAt(step)
    this.#guessed.set(step, { ...this.#guessed.get(step), ownSource: true })
    return false
  }

  /**
   * Whether the round that has ended stands; if not, the next one must be played, from an empty table. Throws ERR_ROUNDS after too many
   * rounds, for example if a target answers differently each time, and ERR_LATE if packets keep coming out after their drop has
   * decided what to offer next.
   */
  settled(): boolean {
    if (this.#isTakenBack) return this.#playAgain()
    const sure = this.#sureUntil()
    if (sure === undefined) return true
    if (++this.#rounds === MOST_ROUNDS)
      throw new FlowbreakError(
        'ERR_ROUNDS',
        `After ${MOST_ROUNDS} rounds what is offered still depends on answers that the target has not given: offer it less at once, or see whether it answers alike twice.`,
        { exitCode: ExitCode.broken },
      )
    const seen = this.#now
    this.#now = this.#before
    this.#now.reset()
    this.#before = seen
    this.#sure = sure
    this.#guessed.clear()
    this.#stopped.clear()
    return false
  }

  /** Starts again from the beginning: what was offered rests on an answer that was taken back. */
  #playAgain(): false {
    if (++this.#takenBack === MOST_TAKEN_BACK)
      throw new FlowbreakError(
        'ERR_LATE',
        `Packets that were taken for dropped came out late ${MOST_TAKEN_BACK} times, and what was offered next depended on them: find out what delays them.`,
        { exitCode: ExitCode.broken },
      )
    this.#now.reset()
    this.#before.reset()
    this.#guessed.clear()
    this.#stopped.clear()
    this.#isTakenBack = false
    this.#sure = 0
    return false
  }

  /** The first step that was offered because of a wrong guess; undefined: no guess was wrong. All answers needed before it are known. */
  #sureUntil(): number | undefined {
    let until = this.#sure
    for (const [step, guess] of this.#guessed) {
      until = Math.max(until, step + 1)
      if (this.#wasWrong(step, guess)) return until
    }
    return undefined
  }

  #wasWrong(step: number, { verdict, nothingEmitted, ownSource }: Guess): boolean {
    if (verdict !== undefined && this.#now.verdictOf(step) !== verdict) return true
    if (nothingEmitted && this.#now.emittedAt(step).length > 0) return true
    return ownSource === true && this.#now.newSourceAt(step)
  }
}
