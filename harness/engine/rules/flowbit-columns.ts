import { EXTRA, HAS_FLOWBITS, RECORD_WORDS } from '../record.ts'
import type { FlowbitMatch } from './flowbits.ts'
import type { Rule } from './rule.ts'

/** A `flowbits` keyword, with numbers in place of names. */
export interface FlowbitStep {
  readonly command: FlowbitMatch['command']
  readonly bits: readonly number[]
}

/** The flowbits of all flows at all hosts; costs nothing if no rule names any. */
export class FlowbitColumns {
  readonly #numbers = new Map<string, number>()
  readonly #width: number
  /** By host; a flow's words begin at its id times the width. */
  readonly #columns: Int32Array[] = []

  constructor(rules: readonly Rule[]) {
    for (const { flowbits } of rules)
      for (const { names } of flowbits)
        for (const name of names) if (!this.#numbers.has(name)) this.#numbers.set(name, this.#numbers.size)
    this.#width = (this.#numbers.size + 31) >> 5
  }

  steps(rule: Rule): readonly FlowbitStep[] {
    return rule.flowbits.map(({ command, names }) => ({
      command,
      bits: names.map((name) => this.#numbers.get(name) ?? 0),
    }))
  }

  /** Whether the flow satisfies a test step; for steps that change bits true. Packets without flow satisfy no test. */
  answers(step: FlowbitStep, host: number, words: Int32Array, base: number): boolean {
    if (step.command !== 'isset' && step.command !== 'isnotset') return true
    if (base < 0) return false
    const wanted = step.command === 'isset'
    return step.bits.some((bit) => this.#has(host, words, base, bit) === wanted)
  }

  /** Changes bits as the step says; does nothing for tests and for packets without flow. */
  apply(step: FlowbitStep, host: number, words: Int32Array, base: number): void {
    const bit = step.bits[0] ?? 0
    if (base < 0 || step.command === 'isset' || step.command === 'isnotset') return
    const column = this.#open(host, words, base)
    const at = (base / RECORD_WORDS) * this.#width + (bit >> 5)
    const mask = 1 << (bit & 31)
    const word = column[at] ?? 0
    column[at] = step.command === 'set' ? word | mask : step.command === 'unset' ? word & ~mask : word ^ mask
  }

  #has(host: number, words: Int32Array, base: number, bit: number): boolean {
    if (((words[base + EXTRA] ?? 0) & HAS_FLOWBITS) === 0) return false
    const at = (base / RECORD_WORDS) * this.#width + (bit >> 5)
    return ((this.#columns[host]?.[at] ?? 0) & (1 << (bit & 31))) !== 0
  }

  /** The host's column, including this flow's words, which are cleared if they were another connection's. */
  #open(host: number, words: Int32Array, base: number): Int32Array {
    const at = (base / RECORD_WORDS) * this.#width
    let column = this.#columns[host] ?? new Int32Array(0)
    if (at + this.#width > column.length) {
      const grown = new Int32Array(Math.max(1024, (at + this.#width) * 2))
      grown.set(column)
      column = grown
      this.#columns[host] = grown
    }
    const extra = words[base + EXTRA] ?? 0
    if ((extra & HAS_FLOWBITS) === 0) {
      column.fill(0, at, at + this.#width)
      words[base + EXTRA] = extra | HAS_FLOWBITS
    }
    return column
  }
}
