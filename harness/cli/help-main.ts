import { printUsage } from './usage.ts'

/** `flowbreak --help` by itself: a bundle of its own, without the loader of modules, starts in half the time. */
process.exitCode = printUsage(process.argv[2])
