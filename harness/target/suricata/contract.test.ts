import { describeTarget } from '../contract.ts'
import { makeSuricata } from './suricata.ts'

describeTarget('suricata', () => makeSuricata('suricata', { kind: 'suricata' }), { timeout: 120_000 })
