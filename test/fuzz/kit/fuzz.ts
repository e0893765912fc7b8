import { Random } from './random.ts'
import { demandUnpolluted } from './told.ts'
import { Watchdog } from './watchdog.ts'

/** Something that reads what others wrote: how its inputs are made, and what must hold of each. */
export interface Surface<T> {
  readonly name: string
  make(random: Random): T
  /** Throws where an invariant is broken; answers whether the input was taken (true) or refused by an error for people. */
  check(input: T): boolean | Promise<boolean>
  /** Smaller inputs, of which the first that breaks the same is gone on with. */
  smaller(input: T): Iterable<T>
  /** As it can be put to the regressions. */
  show(input: T): string
}

/** What came of a run. */
export interface Fuzzed {
  readonly inputs: number
  readonly taken: number
  /** MiB by which the process grew. */
  readonly grown: number
}

/** Steps of making an input smaller. */
const MOST_STEPS = 3000
/** MiB that a run may grow by, however many inputs it plays. */
const MOST_GROWN = 300

/** Plays so many inputs. Throws with the input, made smaller, and how to make it again, where one breaks something. */
export async function fuzz<T>(surface: Surface<T>, inputs: number, seed: number, from = 0): Promise<Fuzzed> {
  await using watchdog = new Watchdog(surface.name)
  using _ = new WithoutStacks()
  const random = new Random(seed)
  const before = process.memoryUsage().rss
  let taken = 0
  for (let input = from; input < from + inputs; input++) {
    watchdog.at(input)
    random.reseed(seed, input)
    const made = surface.make(random)
    try {
      const answer = surface.check(made)
      if (typeof answer === 'boolean' ? answer : await answer) taken++
      if (input % 64 === 0) demandUnpolluted()
    } catch (first) {
      Error.stackTraceLimit = 10
      const thrown = (await thrownBy(surface, made)) ?? first
      const small = await shrunk(surface, made, messageOf(thrown))
      throw new Error(
        `${surface.name}, input ${input} of seed ${seed}: ${messageOf(thrown)}\n${surface.show(small)}`,
        { cause: thrown },
      )
    }
  }
  demandUnpolluted()
  const grown = Math.max(0, process.memoryUsage().rss - before) >> 20
  if (grown > MOST_GROWN) throw new Error(`${surface.name}: ${inputs} inputs took ${grown} MiB`)
  return { inputs, taken, grown }
}

/** The smallest input found that breaks the same: what it says is alike but for numbers and quoted texts. */
async function shrunk<T>(surface: Surface<T>, input: T, message: string): Promise<T> {
  let best = input
  let steps = 0
  const wanted = gist(message)
  for (let better = true; better; ) {
    better = false
    for (const candidate of surface.smaller(best)) {
      if (++steps > MOST_STEPS) return best
      if (gist(await brokenBy(surface, candidate)) !== wanted) continue
      best = candidate
      better = true
      break
    }
  }
  return best
}

async function brokenBy<T>(surface: Surface<T>, input: T): Promise<string> {
  const thrown = await thrownBy(surface, input)
  return thrown === undefined ? '' : messageOf(thrown)
}

async function thrownBy<T>(surface: Surface<T>, input: T): Promise<unknown> {
  try {
    await surface.check(input)
    return undefined
  } catch (thrown) {
    return thrown
  }
}

/** Errors have no stacks meanwhile: most inputs are refused by one, and to note where takes longer than to read the input. */
class WithoutStacks implements Disposable {
  readonly #limit = Error.stackTraceLimit

  constructor() {
    Error.stackTraceLimit = 0
  }

  [Symbol.dispose](): void {
    Error.stackTraceLimit = this.#limit
  }
}

function gist(message: string): string {
  return message.replace(/".*?"|\d+/gs, '').slice(0, 60)
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
