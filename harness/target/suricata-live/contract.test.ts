import { describeTarget } from '../contract.ts'
import { makeSuricataLive } from './suricata-live.ts'

// Namespaces take root.
if (process.getuid?.() === 0)
  describeTarget(
    'suricata-live',
    () => makeSuricataLive({ kind: 'suricata-live' }, { name: 'suricata-live', version: 'test' }),
    { timeout: 120_000 },
  )
