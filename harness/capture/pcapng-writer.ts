import type { Nanos } from '../model/batch.ts'
import { linkNumberOf } from './link-types.ts'
import { Output } from './output.ts'
import { Block, BYTE_ORDER_MAGIC } from './pcapng.ts'
import { MAX_FRAME } from './records.ts'

const OPTION_COMMENT = 1
const OPTION_USER_APPLICATION = 4
const OPTION_NAME = 2
const OPTION_TSRESOL = 9
const LONGEST_OPTION = 0xffff
const NANOSECONDS = 9
const WORD = 2 ** 32
const NO_OPTIONS: readonly Option[] = []

interface Option {
  readonly code: number
  readonly value: Uint8Array
}

/**
 * Writes a pcapng capture with nanoseconds, little-endian, of one section with any number of interfaces, frame by frame,
 * each with an optional comment (draft-ietf-opsawg-pcapng); see `Output` for the file.
 */
export class PcapngWriter implements Disposable {
  readonly #output: Output
  readonly #epochHigh: number
  readonly #epochLow: number
  #interfaces = 0

  /** `epoch`: when times are 0, in nanoseconds since 1970. `written`: as in `Output`. Throws ERR_CAPTURE_WRITE. */
  constructor(path: string, epoch: bigint, written?: (bytes: Uint8Array) => void) {
    this.#epochHigh = Number(epoch >> 32n)
    this.#epochLow = Number(epoch & 0xffff_ffffn)
    this.#output = new Output(path, written)
    const at = this.#block(Block.section, 16, [textOption(OPTION_USER_APPLICATION, 'flowbreak')])
    const { view } = this.#output
    view.setUint32(at, BYTE_ORDER_MAGIC, true)
    view.setUint16(at + 4, 1, true)
    view.setUint16(at + 6, 0, true)
    view.setBigInt64(at + 8, -1n, true)
  }

  /** Adds an interface with this name, `link` a `Link` code; returns its number. Throws ERR_CAPTURE_WRITE. */
  addInterface(name: string, link: number): number {
    const at = this.#block(Block.interface, 8, [
      textOption(OPTION_NAME, name),
      { code: OPTION_TSRESOL, value: Uint8Array.of(NANOSECONDS) },
    ])
    const { view } = this.#output
    view.setUint16(at, linkNumberOf(link), true)
    view.setUint16(at + 2, 0, true)
    view.setUint32(at + 4, MAX_FRAME, true)
    return this.#interfaces++
  }

  /** Appends a frame on an interface, of `original` bytes on the wire. Throws ERR_CAPTURE_WRITE. */
  write(on: number, time: Nanos, frame: Uint8Array, comment = '', original = frame.length): void {
    const body = 20 + padded(frame.length)
    // Comments of thousands of frames are written where they belong, without a buffer for each.
    const length = Buffer.byteLength(comment)
    const options = length > LONGEST_OPTION ? [textOption(OPTION_COMMENT, comment)] : NO_OPTIONS
    const isPlaced = length > 0 && options.length === 0
    const at = this.#block(Block.enhancedPacket, body, options, isPlaced ? 8 + padded(length) : 0)
    const { view, bytes } = this.#output
    if (isPlaced) {
      view.setUint16(at + body, OPTION_COMMENT, true)
      view.setUint16(at + body + 2, length, true)
      bytes.write(comment, at + body + 4)
    }
    const nanos = this.#epochLow + time
    const high = Math.floor(nanos / WORD)
    view.setUint32(at, on, true)
    view.setUint32(at + 4, this.#epochHigh + high, true)
    view.setUint32(at + 8, nanos - high * WORD, true)
    view.setUint32(at + 12, frame.length, true)
    view.setUint32(at + 16, original, true)
    bytes.set(frame, at + 20)
    bytes.fill(0, at + 20 + frame.length, at + 20 + padded(frame.length))
  }

  /** Completes the file under its name; otherwise disposing removes it. Throws ERR_CAPTURE_WRITE. */
  close(): void {
    this.#output.close()
  }

  [Symbol.dispose](): void {
    this.#output[Symbol.dispose]()
  }

  /**
   * Writes a block except for the `body` bytes of its fixed part and frame; returns their index. `room`: bytes of zeros after them, for
   * options that are written later.
   */
  #block(type: number, body: number, options: readonly Option[], room = 0): number {
    let length = 12 + body + room
    for (const { value } of options) length += 4 + padded(value.length)
    if (options.length > 0) length += 4
    const at = this.#output.reserve(length)
    const { view, bytes } = this.#output
    view.setUint32(at, type, true)
    view.setUint32(at + 4, length, true)
    view.setUint32(at + length - 4, length, true)
    let option = at + 8 + body
    bytes.fill(0, option, at + length - 4)
    for (const { code, value } of options) {
      view.setUint16(option, code, true)
      view.setUint16(option + 2, value.length, true)
      bytes.set(value, option + 4)
      option += 4 + padded(value.length)
    }
    return at + 8
  }
}

/** Text longer than an option can hold is truncated. */
function textOption(code: number, text: string): Option {
  return { code, value: Buffer.from(text, 'utf8').subarray(0, LONGEST_OPTION) }
}

function padded(length: number): number {
  return (length + 3) & ~3
}
