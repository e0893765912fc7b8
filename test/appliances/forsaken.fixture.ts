import { makeSetup } from '../../harness/suite/setup.ts'
import { ReferenceAppliances } from './reference-appliances.ts'

/** A process that has started an appliance, and goes on until it is killed. */
const PROFILE = 'fortinet'
const appliances = await ReferenceAppliances.of(PROFILE)
await appliances.prepare(makeSetup({ profile: PROFILE, hosts: 1 }), new AbortController().signal)
console.info('started')
setInterval(() => undefined, 1000)
