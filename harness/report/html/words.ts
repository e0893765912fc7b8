/** Gives each distinct text a number, so that what thousands of packets share is written once. */
export class Words {
  readonly list: string[] = []
  readonly #numbers = new Map<string, number>()

  /** The number of a text; -1 for none. */
  of(text: string | undefined): number {
    if (text === undefined) return -1
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.list.length)
    return this.list.push(text) - 1
  }
}
