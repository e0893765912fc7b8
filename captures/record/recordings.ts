import { bulk } from './bulk.ts'
import { closings } from './closings.ts'
import { dns } from './dns.ts'
import { echo } from './echo.ts'
import { fragments } from './fragments.ts'
import { ftp } from './ftp.ts'
import { http } from './http.ts'
import { icmp } from './icmp.ts'
import { loss } from './loss.ts'
import { many } from './many.ts'
import { postgres } from './postgres.ts'
import type { Recording } from './recording.ts'
import { redis } from './redis.ts'
import { sctp } from './sctp.ts'
import { ssh } from './ssh.ts'
import { tls } from './tls.ts'
import { vlan } from './vlan.ts'

/** Every recording, under the script that makes it. */
export const SCRIPTS: Readonly<Record<string, readonly Recording[]>> = {
  'bulk.ts': bulk,
  'closings.ts': closings,
  'dns.ts': dns,
  'echo.ts': echo,
  'fragments.ts': fragments,
  'ftp.ts': ftp,
  'http.ts': http,
  'icmp.ts': icmp,
  'loss.ts': loss,
  'many.ts': many,
  'postgres.ts': postgres,
  'redis.ts': redis,
  'sctp.ts': sctp,
  'ssh.ts': ssh,
  'tls.ts': tls,
  'vlan.ts': vlan,
}
