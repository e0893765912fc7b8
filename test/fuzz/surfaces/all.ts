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

/** Surfaces that read what others wrote, by name, each made when it is played. */
export const SURFACES: { readonly [name: string]: () => Surface<unknown> & Partial<Disposable> } = {
  pcap: () => withReaders(pcapSurface),
  pcapng: () => withReaders(pcapngSurface),
  wire: () => wireSurface() as Surface<unknown>,
  suites: () => suitesSurface() as Surface<unknown>,
  rules: () => rulesSurface() as Surface<unknown>,
  configs: () => configsSurface() as Surface<unknown>,
  'run logs': () => new RunLogs() as Surface<unknown> & Disposable,
  process: () => processSurface() as Surface<unknown>,
  geneve: () => new GeneveSurface() as Surface<unknown>,
}

function withReaders(make: (readers: CaptureReaders) => object): Surface<unknown> & Disposable {
  const readers = new CaptureReaders()
  return Object.assign(make(readers) as Surface<unknown>, {
    [Symbol.dispose]() {
      readers[Symbol.dispose]()
    },
  })
}
