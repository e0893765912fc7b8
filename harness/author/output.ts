import { existsSync, statSync } from 'node:fs'
import { PcapngWriter } from '../capture/pcapng-writer.ts'
import { ClassicWriter } from '../capture/writer.ts'
import type { Nanos } from '../model/batch.ts'
import { Link, nameOf } from '../model/codes.ts'
import { FlowbreakError } from '../support/errors.ts'

/**
 * A capture that is written: pcapng where its name ends so, else classic, both with nanoseconds. It appears under its name when it
 * is closed; without it, disposing leaves nothing behind.
 * The first frame opens it, if `open` has not.
 */
export class CaptureOutput implements Disposable {
  readonly path: string
  readonly format: 'pcap' | 'pcapng'
  packets = 0
  #classic: ClassicWriter | undefined
  #pcapng: PcapngWriter | undefined
  /** Interfaces of the file by `Link` code; a classic file has one. */
  readonly #interfaces = new Map<number, number>()

  constructor(path: string) {
    this.path = path
    this.format = path.toLowerCase().endsWith('.pcapng') ? 'pcapng' : 'pcap'
  }

  /**
   * Opens the file for frames of a `Link` code, so that it is there even if none comes; `name`: of their interface, which a classic file does
   * not keep. Throws as `write` does.
   */
  open(epoch: bigint, link: number, name = `${this.#interfaces.size}`): void {
    if (this.#classic !== undefined) throw this.#secondLink(link)
    if (this.format === 'pcap') this.#classic = new ClassicWriter(this.path, link, epoch)
    else this.#pcapng ??= new PcapngWriter(this.path, epoch)
    this.#interfaces.set(link, this.#pcapng?.addInterface(name, link) ?? 0)
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
    if (!this.#interfaces.has(link)) this.open(epoch, link)
    this.packets++
    this.#classic?.write(time, bytes, start, captured, original)
    const on = this.#interfaces.get(link) ?? 0
    this.#pcapng?.write(on, time, bytes.subarray(start, start + captured), '', original)
  }

  /** Gives the file its name. Throws ERR_CAPTURE_WRITE; with `nothing`, ERR_CAPTURE_NOTHING where no packet was written. */
  close(nothing?: string): void {
    if (this.packets === 0 && nothing !== undefined) throw new FlowbreakError('ERR_CAPTURE_NOTHING', nothing)
    this.#classic?.close()
    this.#pcapng?.close()
  }

  [Symbol.dispose](): void {
    this.#classic?.[Symbol.dispose]()
    this.#pcapng?.[Symbol.dispose]()
  }

  #secondLink(link: number): FlowbreakError {
    const [one, other] = [...this.#interfaces.keys(), link].map((code) => nameOf(Link, code))
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
