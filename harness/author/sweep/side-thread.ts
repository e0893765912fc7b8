import { parentPort, workerData } from 'node:worker_threads'
import { CaptureStore } from '../../run/captures.ts'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import { roadBatch } from '../../timeline/recorded.ts'
import { parseBreak } from './break.ts'
import { type Dealt, dealtColumns, type PlayedColumn } from './dealt.ts'
import { playInProcess } from './in-process.ts'
import { sweptFlow } from './swept-flow.ts'

// Whatever goes wrong here ends the thread: the sweep plays that column once more by itself, and says what it broke by.
const dealt = workerData as Dealt
const { capture, flow, seed } = dealt
const captures = new CaptureStore()
const target = new ReferenceTarget('')
const breaks = dealt.breaks.map(parseBreak)
const out = roadBatch()
const { signal } = new AbortController()
for (const { column, setup } of dealtColumns(dealt)) {
  const swept = sweptFlow(await captures.load(capture, setup), flow)
  const cells: PlayedColumn['cells'][number][] = []
  const take = (_: number, broken: number, packet: number, cell: (typeof cells)[number][2]): void => {
    cells.push([broken, packet, cell])
  }
  await playInProcess(
    column,
    { target, setup, flow: swept },
    { breaks, seed, signal, take, reactive: false, fail: () => undefined },
    out,
  )
  parentPort?.postMessage({ column, cells } satisfies PlayedColumn)
}
