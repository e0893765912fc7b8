import type { Hold } from './hold.ts'
import type { Link } from './link.ts'
import type { Told } from './messages.ts'

/** Characters and milliseconds after which messages are sent. */
const PART = 1 << 17
const PART_MS = 100

/** Reports an attempt to its run, in numbered parts, so that each part is taken once. */
export class Teller {
  readonly #link: Link
  readonly #hold: Hold
  #lines: string[] = []
  #length = 0
  #number = 0
  #timer: NodeJS.Timeout | undefined
  #sent: Promise<void> = Promise.resolve()

  constructor(link: Link, hold: Hold) {
    this.#link = link
    this.#hold = hold
  }

  /** Returns a promise if earlier messages are still on their way. */
  tell(told: Told, line = ''): void | Promise<void> {
    this.#lines.push(JSON.stringify(told), line)
    this.#length += line.length + 100
    if (this.#length >= PART) {
      const before = this.#sent
      this.#send()
      return before
    }
    this.#timer ??= setTimeout(() => this.#send(), PART_MS)
  }

  /** Sends the last message, and waits until all have been received. */
  async end(told: Told): Promise<void> {
    this.#lines.push(JSON.stringify(told), '')
    this.#send()
    await this.#sent
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { attempt, lease, off } = this.#hold
    const { keys, name, token } = attempt
    const part = this.#lines.join('\n')
    const number = this.#number++
    this.#lines = []
    this.#length = 0
    this.#sent = this.#sent.then(async () => {
      if (off.aborted) return
      const where = [keys.attempt(name), keys.out, ...(lease?.keys ?? [])]
      try {
        const heard = await this.#link.run<number>('tell', where, [
          token,
          lease?.token ?? '',
          number,
          name,
          part,
        ])
        if (heard === 0) this.#hold.callOff()
      } catch {
        this.#hold.callOff()
      }
    })
  }
}
