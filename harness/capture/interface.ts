import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import { linkTypeOf } from './link-types.ts'

const OPTION_END = 0
const OPTION_TSRESOL = 9
const OPTION_TSOFFSET = 14
/** Microseconds, unless an interface says otherwise. */
const DEFAULT_RESOLUTION = 6
const WORD = 2 ** 32

/**
 * One interface of a pcapng section: its link type, and how its 64-bit timestamps become `Nanos`
 * (draft-ietf-opsawg-pcapng 4.2; if_tsresol and if_tsoffset).
 */
export class CaptureInterface {
  /** A `Link` code. */
  readonly link: number
  readonly linkName: string
  /** The most bytes of a frame that were kept; 0: all. */
  readonly snapLength: number
  /** if_tsresol: a negative power of 10, or of 2 if the highest bit is set. */
  readonly #resolution: number
  /** if_tsoffset: seconds to be added to each timestamp. */
  readonly #offset: bigint
  /** Timestamp of the epoch in this interface's units. */
  #baseHigh = 0
  #baseLow = 0
  readonly #unitsPerSecond: number
  /** Nanoseconds per unit; 0 if that is no whole number. */
  readonly #unit: number

  constructor(linkType: number, snapLength: number, resolution: number, offset: bigint) {
    const type = linkTypeOf(linkType)
    this.link = type.code
    this.linkName = type.name
    this.snapLength = snapLength
    this.#resolution = resolution
    this.#offset = offset
    const exponent = resolution & 0x7f
    this.#unitsPerSecond = resolution > 0x7f ? 2 ** exponent : 10 ** exponent
    this.#unit = resolution <= 9 ? 10 ** (9 - resolution) : 0
  }

  /** The timestamp high · 2^32 + low in whole seconds since 1970. */
  secondsOf(high: number, low: number): bigint {
    const units = (BigInt(high) << 32n) | BigInt(low)
    return units / this.#wholeUnits() + this.#offset
  }

  /** Makes `nanos` count from this second since 1970. */
  setEpoch(seconds: bigint): void {
    const base = (seconds - this.#offset) * this.#wholeUnits()
    this.#baseHigh = Number(base >> 32n)
    this.#baseLow = Number(base & 0xffff_ffffn)
  }

  /** The timestamp high · 2^32 + low, rounded down to the nanosecond; exact within 2^53 units of the epoch. */
  nanos(high: number, low: number): Nanos {
    const units = (high - this.#baseHigh) * WORD + (low - this.#baseLow)
    if (this.#unit > 0) return units * this.#unit
    const seconds = Math.floor(units / this.#unitsPerSecond)
    const rest = units - seconds * this.#unitsPerSecond
    return seconds * NANOS_PER_SECOND + Math.floor(this.#restNanos(rest))
  }

  /** A single division if units are finer than nanoseconds, so that whole numbers stay whole. */
  #restNanos(rest: number): number {
    return this.#resolution > 0x7f
      ? (rest * NANOS_PER_SECOND) / this.#unitsPerSecond
      : rest / (this.#unitsPerSecond / NANOS_PER_SECOND)
  }

  #wholeUnits(): bigint {
    const exponent = BigInt(this.#resolution & 0x7f)
    return this.#resolution > 0x7f ? 2n ** exponent : 10n ** exponent
  }
}

/** Reads the interface description whose body (link type …) is view[at, end); returns a sentence if it cannot be read. */
export function readInterface(
  view: DataView,
  at: number,
  end: number,
  little: boolean,
): CaptureInterface | string {
  if (end - at < 8) return 'an interface description is shorter than its fixed fields'
  let resolution = DEFAULT_RESOLUTION
  let offset = 0n
  let option = at + 8
  while (end - option >= 4) {
    const code = view.getUint16(option, little)
    const length = view.getUint16(option + 2, little)
    if (code === OPTION_END) break
    if (length > end - option - 4) return `option ${code} of an interface description runs past its block`
    if (code === OPTION_TSRESOL && length >= 1) resolution = view.getUint8(option + 4)
    if (code === OPTION_TSOFFSET && length >= 8) offset = view.getBigInt64(option + 4, little)
    option += 4 + ((length + 3) & ~3)
  }
  return new CaptureInterface(view.getUint16(at, little), view.getUint32(at + 4, little), resolution, offset)
}
