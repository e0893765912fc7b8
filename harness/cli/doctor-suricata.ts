import { messageOf } from '../support/errors.ts'
import { findSuricata } from '../target/suricata/binary.ts'
import type { Finding } from './doctor-finding.ts'

/** Checks Suricata's version: one that is too old cannot be the target. `found`: the finding about its package. */
export function suricataFinding(found: Finding): Finding {
  if (!found.there) return found
  try {
    return { ...found, name: `${found.name} ${findSuricata('suricata').version}` }
  } catch (thrown) {
    return { ...found, there: false, why: `${found.why}; ${messageOf(thrown)}` }
  }
}
