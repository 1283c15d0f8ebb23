import type { ReportedPeaks } from '@tenantree/contract'
import type { FastifyRequest } from 'fastify'
import type { DeviceOwner } from '../devices/index.ts'
import * as devices from '../devices/index.ts'
import { Problem } from '../kernel/problem.ts'
import type { Instant } from '../kernel/time.ts'
import type { Database } from '../platform/database.ts'
import { hashSecret } from '../platform/ids.ts'

/** A device key that was looked up, and what is known to be written for it: the last day, and the highest values of that day. */
export type KnownAgent = {
  device: DeviceOwner
  recordedDay: string | null
  recordedPeaks: ReportedPeaks
  readAtMs: number
}

export type Agents = {
  /** Throws device_key_invalid, device_refused. */
  authenticate(request: FastifyRequest): Promise<KnownAgent>
  forget(request: FastifyRequest): void
}

const trustedMs = 30_000
const lookMs = 1_000
const capacity = 1_000_000

/**
 * Device keys are the only credentials kept in memory, for 30 seconds at most, and for one where access has ended somewhere in the meantime.
 * Measured on the process's own clock.
 */
export function createAgents(db: Database): Agents {
  const known = new Map<string, KnownAgent>()

  const lookUp = async (token: string): Promise<KnownAgent> => {
    const device = await devices.findDeviceByKey(db, hashSecret(token))
    if (device === null) throw new Problem('device_key_invalid')
    const before = known.get(token)
    const agent = {
      device,
      recordedDay: before?.recordedDay ?? null,
      recordedPeaks: before?.recordedPeaks ?? {},
      readAtMs: performance.now(),
    }
    if (known.size >= capacity) known.clear()
    known.set(token, agent)
    return agent
  }

  const revocations = watchRevocations(db)

  return {
    async authenticate(request) {
      const token = findKey(request)
      if (token === null) throw new Problem('device_key_invalid')
      const trustedSinceMs = Math.max(await revocations(), performance.now() - trustedMs)
      const cached = known.get(token)
      const now = db.clock.now()
      // What is in memory lets in and never refuses: the device may have been switched to paid, or let in again, since.
      const isTrusted = cached !== undefined && cached.readAtMs > trustedSinceMs && !isRefused(cached.device, now)
      const agent = isTrusted ? cached : await lookUp(token)
      if (isRefused(agent.device, now)) throw new Problem('device_refused')
      return agent
    },
    forget(request) {
      const token = findKey(request)
      if (token !== null) known.delete(token)
    },
  }
}

/** Looks each second, when asked, whether access has ended anywhere; answers when that was last seen. */
function watchRevocations(db: Database): () => Promise<number> {
  let epoch: bigint | null = null
  let endedAtMs = Number.NEGATIVE_INFINITY
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null

  const look = async () => {
    const startedAtMs = performance.now()
    // Where it cannot be told, what is in memory is trusted as long as ever.
    const current = await devices.readRevocations(db).catch(() => epoch)
    if (epoch !== null && current !== epoch) endedAtMs = performance.now()
    epoch = current
    lookedAtMs = startedAtMs
  }
  return async () => {
    if (performance.now() - lookedAtMs >= lookMs) {
      looking ??= look().finally(() => {
        looking = null
      })
      await looking
    }
    return endedAtMs
  }
}

function findKey(request: FastifyRequest): string | null {
  const { authorization } = request.headers
  return authorization?.startsWith('Bearer ttd_') ? authorization.slice('Bearer '.length) : null
}

/** An uninstalled device that signals again is back; R-ACT-5. */
function isRefused(device: DeviceOwner, now: Instant): boolean {
  const isClosed = device.tenant_state === 'inactive' || device.tenant_state === 'deleted'
  return isClosed || device.state === 'deactivated' || device.state === 'deleted' || devices.isStopped(device, now)
}
