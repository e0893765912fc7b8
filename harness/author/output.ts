import { existsSync, statSync } from 'node:fs'
import { PcapngWriter } from '../capture/pcapng-writer.ts'
import { ClassicWriter } from '../capture/writer.ts'
import type { Nanos } from '../model/batch.ts'
import { Link, nameOf } from '../model/codes.ts'
import { FlowbreakError } from '../support/errors.ts'

/** Whether a file of that name is written as pcapng. */
export function isPcapng(path: string): boolean {
  return path.toLowerCase().endsWith('.pcapng')
}

/**
 * A capture that is written: pcapng where its name ends so, else classic, both with nanoseconds. It appears under its name when it
 * is closed; without it, disposing leaves nothing behind. The first frame opens it.
 */
export class CaptureOutput implements Disposable {
  readonly path: string
  readonly format: 'pcap' | 'pcapng'
  packets = 0
  #classic: ClassicWriter | undefined
  #pcapng: PcapngWriter | undefined
  #link = -1
  /** Interfaces of the file by `Link` code. */
  readonly #interfaces = new Map<number, number>()

  constructor(path: string) {
    this.path = path
    this.format = isPcapng(path) ? 'pcapng' : 'pcap'
  }

  /**
   * Appends the frame bytes[start, start + captured) of a `Link` code; times count from `epoch`. Throws ERR_CAPTURE_WRITE, and
   * ERR_CAPTURE_LINKS where a classic file cannot hold a second kind of frames.
   */
  write(
    epoch: bigint,
    time: Nanos,
    bytes: Uint8Array,
    start: number,
    captured: number,
    original: number,
    link: number,
  ): void {
    this.packets++
    if (this.format === 'pcapng') {
      this.#pcapng ??= new PcapngWriter(this.path, epoch)
      const on = this.#interfaces.get(link) ?? this.#add(this.#pcapng, link)
      this.#pcapng.write(on, time, bytes.subarray(start, start + captured), '', original)
      return
    }
    if (this.#classic === undefined) {
      this.#classic = new ClassicWriter(this.path, link, epoch)
      this.#link = link
    } else if (link !== this.#link) throw this.#secondLink(link)
    this.#classic.write(time, bytes, start, captured, original)
  }

  /** Gives the file its name. Throws ERR_CAPTURE_WRITE; ERR_CAPTURE_NOTHING where there is no packet to write. */
  close(nothing: string): void {
    if (this.packets === 0) throw new FlowbreakError('ERR_CAPTURE_NOTHING', nothing)
    this.#classic?.close()
    this.#pcapng?.close()
  }

  [Symbol.dispose](): void {
    this.#classic?.[Symbol.dispose]()
    this.#pcapng?.[Symbol.dispose]()
  }

  #add(writer: PcapngWriter, link: number): number {
    const number = writer.addInterface(`${this.#interfaces.size}`, link)
    this.#interfaces.set(link, number)
    return number
  }

  #secondLink(link: number): FlowbreakError {
    const [one, other] = [nameOf(Link, this.#link), nameOf(Link, link)]
    return new FlowbreakError(
      'ERR_CAPTURE_LINKS',
      `${this.path} cannot hold frames of two kinds (${one} and ${other}): write a file that ends in .pcapng.`,
    )
  }
}

/** Throws ERR_CAPTURE_ITSELF where both paths are of one file: what is read is never changed. */
export function checkOther(file: string, out: string): void {
  const [from, to] = [file, out].map((path) => (existsSync(path) ? statSync(path) : undefined))
  if (from === undefined || to === undefined || from.dev !== to.dev || from.ino !== to.ino) return
  throw new FlowbreakError(
    'ERR_CAPTURE_ITSELF',
    `${out} is the capture that is read, which is never changed: name another file with -o.`,
  )
}
