import { makeSetup } from '../../suite/setup.ts'
import { makeSuricataLive } from './suricata-live.ts'

/** Starts Suricata on one host, reports it, and waits to be killed. */
const target = makeSuricataLive({ kind: 'suricata-live' }, { name: 'suricata-live', version: 'test' })
await target.prepare(makeSetup({ profile: 'suricata-7', hosts: 1 }), new AbortController().signal)
process.stdout.write('ready\n')
setInterval(() => undefined, 1000)
