import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PcapngWriter } from '../capture/pcapng-writer.ts'
import type { Nanos } from '../model/batch.ts'

/** Frames of a case as they were on its wires, in order of time. */
export interface Evidence {
  /** Zero of the times, in nanoseconds since 1970. */
  readonly epoch: bigint
  readonly frames: readonly {
    /** The interface that it was on: `fw-a client`. */
    readonly on: string
    readonly at: Nanos
    readonly frame: Uint8Array
    /** `Link` code. */
    readonly link: number
    readonly comment: string
  }[]
}

/** What stands for the first bytes of a digest until it is known. */
const UNFINISHED = 'unfinished'

/**
 * Writes evidence into a folder as a pcapng file that is called by the SHA-256 of its content, and answers its name: what is there
 * already stays. Throws ERR_CAPTURE_WRITE.
 */
export function writeEvidence(folder: string, { epoch, frames }: Evidence): string {
  mkdirSync(folder, { recursive: true })
  const unnamed = join(folder, `${UNFINISHED}-${process.pid}.pcapng`)
  try {
    using writer = new PcapngWriter(unnamed, epoch)
    const interfaces = new Map<string, number>()
    for (const { on, link } of frames) {
      const key = `${on}\n${link}`
      if (!interfaces.has(key)) interfaces.set(key, writer.addInterface(on, link))
    }
    for (const { on, at, frame, link, comment } of frames)
      writer.write(interfaces.get(`${on}\n${link}`) ?? 0, at, frame, comment)
    writer.close()
    const name = `${createHash('sha256').update(readFileSync(unnamed)).digest('hex')}.pcapng`
    renameSync(unnamed, join(folder, name))
    return name
  } finally {
    rmSync(unnamed, { force: true })
  }
}
