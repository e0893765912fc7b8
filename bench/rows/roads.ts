import { measureGeneve } from '../geneve.ts'
import { measureLive } from '../live.ts'
import { DOCUMENTED_BYTES, measureStore } from '../store.ts'
import { capture, FLOWBREAK, type Row, times } from './row.ts'

/** What a million sessions take in a Redis, beside what its documentation reckons with. */
export async function store(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const six of [false, true])
    for (const expires of [false, true]) {
      const { payload, usage, growth } = await measureStore(1_000_000, { six, expires })
      rows.push({
        what: `store, 1,000,000 sessions of ${six ? 'IPv6' : 'IPv4'}${expires ? ', with expiry' : ''}`,
        ours: `payload ${payload} B, MEMORY USAGE ${usage} B, used_memory ${growth.toFixed(1)} B a session`,
        peer: `${DOCUMENTED_BYTES} B a session, as documented`,
        figure: times(growth / DOCUMENTED_BYTES),
        aim: 'told',
      })
    }
  return rows
}

/** Round trips through the appliance beside those through a bare echo. */
export async function geneve(): Promise<readonly Row[]> {
  const path = await capture('plain', 200_000, 4000)
  const { packets, bytes, appliance, echo, ratio } = await measureGeneve(FLOWBREAK, path, 50_000)
  const side = ({ perSecond, cpu }: typeof echo) =>
    `${Math.round(perSecond)} a second, ${cpu.toFixed(1)} us of processor time each`
  return [
    {
      what: `geneve round trips, ${packets} datagrams of ${bytes} bytes on the loopback, beside a bare UDP echo`,
      ours: side(appliance),
      peer: side(echo),
      figure: times(ratio),
      aim: '>= 0.4 x',
    },
  ]
}

/** Packets a second through the kernel of this machine, each with its verdict, beside tcpreplay and tcpdump. */
export async function live(): Promise<readonly Row[]> {
  const packets = 200_000
  const { ours, peer, missed, undecided } = await measureLive(await capture('plain', packets, 4000), packets)
  return [
    {
      what: `live, ${packets} packets through one netfilter host, beside tcpreplay with tcpdump`,
      ours: `${Math.round(ours)} packets/s with a verdict each; ${missed} missed by the capture, ${undecided} undecided`,
      peer: `${Math.round(peer)} packets/s`,
      figure: times(ours / peer),
      aim: '>= 0.4 x',
    },
  ]
}
