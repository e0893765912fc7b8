import type { Link } from '../run/queue/link.ts'
import { FlowbreakError } from '../support/errors.ts'
import type { Configured } from './configured.ts'

/**
 * The connection to the queue that `--queue` names: an address, in which `${NAME}` stands for an environment variable, or `config` for that
 * of the configuration. The modules needed for it are loaded here.
 */
export async function openQueue(text: string, { queue, secrets }: Configured): Promise<Link> {
  const [{ readAddress }, { Link }] = await Promise.all([
    import('../run/queue/address.ts'),
    import('../run/queue/link.ts'),
  ])
  if (text === 'config' && queue === undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      '--queue config: the configuration has no queue: write queue: redis://… in it.',
    )
  const named = text === 'config' ? queue : undefined
  const { url, folder, place } = named ?? { url: text, folder: process.cwd(), place: '--queue' }
  const filled = url.replace(/\$\{\w+\}/g, (name) => encodeURIComponent(secrets.fill(name, place)))
  const address = readAddress(filled, folder)
  secrets.keep(address.password ?? '', '***')
  return Link.open(address)
}
