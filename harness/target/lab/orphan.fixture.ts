import { openRouters } from '../netfilter/routers.ts'

/** Makes a lab, prints its id, and waits to be killed. */
const lab = await openRouters(1, 1500)
process.stdout.write(`${lab.id}\n`)
setInterval(() => undefined, 1000)
