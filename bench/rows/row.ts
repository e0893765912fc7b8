import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CaptureKind, generateCapture } from '../generate.ts'
import { median, type Sample } from '../measure.ts'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** The command that is measured, as it is built. */
export const FLOWBREAK = join(ROOT, 'dist/bin/main.js')
const CACHE = join(ROOT, '.cache')

/** A line of the table. */
export interface Row {
  readonly what: string
  readonly ours: string
  readonly peer: string
  readonly figure: string
  readonly aim: string
}

/** A file that is kept between benchmarks, made when it is first asked for. */
export async function kept(name: string, make: (path: string) => void | Promise<void>): Promise<string> {
  mkdirSync(CACHE, { recursive: true })
  const path = join(CACHE, name)
  if (!existsSync(path)) await make(path)
  return path
}

/** A generated capture, kept between benchmarks. */
export function capture(kind: CaptureKind, packets: number, flows: number): Promise<string> {
  return kept(`${kind}-${packets}.pcap`, async (path) => {
    await generateCapture(kind, path, { packets, flows, seed: 1 })
  })
}

export const seconds = (samples: readonly Sample[]) => median(samples.map((sample) => sample.seconds))
export const memory = (samples: readonly Sample[]) => Math.max(...samples.map(({ mebibytes }) => mebibytes))
export const times = (ratio: number) => `${ratio.toFixed(2)} x`
