import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import { FILE_HEADER, RECORD_HEADER } from './classic.ts'
import { linkNumberOf } from './link-types.ts'
import { Output } from './output.ts'
import { MAX_FRAME } from './records.ts'

const NANOSECOND_MAGIC = 0xa1b2_3c4d

/** Writes a classic capture with nanoseconds, little-endian, of one link type, frame by frame; see `Output` for the file. */
export class ClassicWriter implements Disposable {
  readonly #output: Output
  readonly #epochSeconds: number
  readonly #epochNanos: number

  /** `link` is a `Link` code; `epoch`: when times are 0, in nanoseconds since 1970. Throws ERR_CAPTURE_WRITE. */
  constructor(path: string, link: number, epoch: bigint) {
    this.#epochSeconds = Number(epoch / BigInt(NANOS_PER_SECOND))
    this.#epochNanos = Number(epoch % BigInt(NANOS_PER_SECOND))
    this.#output = new Output(path)
    const at = this.#output.reserve(FILE_HEADER)
    const { view } = this.#output
    view.setUint32(at, NANOSECOND_MAGIC, true)
    view.setUint16(at + 4, 2, true)
    view.setUint16(at + 6, 4, true)
    view.setUint32(at + 8, 0)
    view.setUint32(at + 12, 0)
    view.setUint32(at + 16, MAX_FRAME, true)
    view.setUint32(at + 20, linkNumberOf(link), true)
  }

  /** Appends the frame bytes[start, start + captured), of `original` bytes on the wire. Throws ERR_CAPTURE_WRITE. */
  write(
    time: Nanos,
    bytes: Uint8Array,
    start = 0,
    captured = bytes.length - start,
    original = captured,
  ): void {
    const nanos = time + this.#epochNanos
    const seconds = Math.floor(nanos / NANOS_PER_SECOND)
    const at = this.#output.reserve(RECORD_HEADER + captured)
    const { view } = this.#output
    view.setUint32(at, this.#epochSeconds + seconds, true)
    view.setUint32(at + 4, nanos - seconds * NANOS_PER_SECOND, true)
    view.setUint32(at + 8, captured, true)
    view.setUint32(at + 12, original, true)
    const part = start === 0 && captured === bytes.length ? bytes : bytes.subarray(start, start + captured)
    this.#output.bytes.set(part, at + RECORD_HEADER)
  }

  /** Completes the file under its name; otherwise disposing removes it. Throws ERR_CAPTURE_WRITE. */
  close(): void {
    this.#output.close()
  }

  [Symbol.dispose](): void {
    this.#output[Symbol.dispose]()
  }
}
