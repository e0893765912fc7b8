import type { Surface } from '../kit/fuzz.ts'
import { CaptureReaders } from './capture.ts'
import { configsSurface } from './configs.ts'
import { GeneveSurface } from './geneve.ts'
import { pcapSurface } from './pcap.ts'
import { pcapngSurface } from './pcapng.ts'
import { processSurface } from './process.ts'
import { rulesSurface } from './rules.ts'
import { RunLogs } from './run-logs.ts'
import { suitesSurface } from './suites.ts'
import { wireSurface } from './wire.ts'

/** A surface, made when it is played, and how many inputs of it take some seconds. */
export interface Played {
  readonly inputs: number
  make(): Surface<unknown> & Partial<Disposable>
}

/** Surfaces that read what others wrote, by name. */
export const SURFACES: { readonly [name: string]: Played } = {
  pcap: { inputs: 50_000, make: () => withReaders(pcapSurface) },
  pcapng: { inputs: 50_000, make: () => withReaders(pcapngSurface) },
  wire: { inputs: 50_000, make: () => wireSurface() as Surface<unknown> },
  suites: { inputs: 10_000, make: () => suitesSurface() as Surface<unknown> },
  rules: { inputs: 50_000, make: () => rulesSurface() as Surface<unknown> },
  configs: { inputs: 20_000, make: () => configsSurface() as Surface<unknown> },
  'run logs': { inputs: 5_000, make: () => new RunLogs() as Surface<unknown> & Disposable },
  process: { inputs: 20_000, make: () => processSurface() as Surface<unknown> },
  geneve: { inputs: 20_000, make: () => new GeneveSurface() as Surface<unknown> },
}

function withReaders(make: (readers: CaptureReaders) => object): Surface<unknown> & Disposable {
  const readers = new CaptureReaders()
  return Object.assign(make(readers) as Surface<unknown>, {
    [Symbol.dispose]() {
      readers[Symbol.dispose]()
    },
  })
}
