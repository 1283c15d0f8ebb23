import {
  askLicense,
  enrol,
  enrolled,
  grantedLicense,
  heartbeat,
  heartbeatAnswer,
  nothing,
  type ReportedPeaks,
} from '@tenantree/contract'
import type { FastifyRequest } from 'fastify'
import type { Ingest, Presence } from '../activity/index.ts'
import type { DeviceHooks } from '../devices/index.ts'
import { Problem } from '../kernel/problem.ts'
import { dayOf } from '../kernel/time.ts'
import type { LicenseHooks } from '../licenses/index.ts'
import type { Database } from '../platform/database.ts'
import type { App } from '../platform/http/app.ts'
import { byDeviceKey, openToAll, problemAnswers } from '../platform/http/schemas.ts'
import type { Agents, KnownAgent } from './agents.ts'
import * as commands from './commands.ts'
import { highestOf, isHigher, nextHeartbeatS } from './domain.ts'

const tags = ['agent']

export type EnrolmentOptions = {
  db: Database
  agents: Agents
  ingest: Ingest
  presence: Presence
  hooks: DeviceHooks
}

const visitor = (request: FastifyRequest) => ({ requestId: request.id, address: request.ip })

export function addEnrolmentRoutes(app: App, { db, agents, ingest, presence, hooks }: EnrolmentOptions): void {
  /** A day that is known to be written is answered from memory, and so is a value that is not higher; the rest joins the next group commit. */
  const record = async (agent: KnownAgent, peaks: ReportedPeaks): Promise<string> => {
    const now = db.clock.now()
    const day = dayOf(now).toString()
    if (agent.recordedDay === day && !isHigher(peaks, agent.recordedPeaks)) presence.note(agent.device, now)
    else {
      await ingest.record(agent.device, now, peaks)
      agent.recordedPeaks = agent.recordedDay === day ? highestOf(agent.recordedPeaks, peaks) : peaks
      agent.recordedDay = day
    }
    return day
  }

  app.post(
    '/agent/v1/enrol',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'enrolDevice',
        tags,
        summary: 'Enrol a machine with an install token',
        security: openToAll,
        body: enrol,
        response: { 201: enrolled, ...problemAnswers },
      },
    },
    async (request, reply) => {
      reply.code(201)
      return commands.enrol(db, hooks, visitor(request), request.body)
    },
  )
  app.post(
    '/agent/v1/heartbeat',
    {
      config: { access: 'device' },
      schema: {
        operationId: 'sendHeartbeat',
        tags,
        summary: 'Say that the device is alive, and report the values that peak offers are measured by',
        security: byDeviceKey,
        body: heartbeat,
        response: { 200: heartbeatAnswer, ...problemAnswers },
      },
    },
    async (request) => {
      const agent = await agents.authenticate(request)
      if (agent.device.state === 'uninstalled') {
        await commands.restore(db, hooks, visitor(request), agent.device)
        agents.forget(request)
      }
      const day = await record(agent, request.body.peaks ?? {})
      return { heartbeat_after_s: nextHeartbeatS(Math.random()), day }
    },
  )
  app.post(
    '/agent/v1/uninstall',
    {
      config: { access: 'device' },
      schema: {
        operationId: 'reportUninstall',
        tags,
        summary: 'Say that the agent is being uninstalled',
        security: byDeviceKey,
        response: { 204: nothing, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const agent = await agents.authenticate(request)
      await commands.reportUninstall(db, hooks, visitor(request), agent.device)
      agents.forget(request)
      reply.code(204)
      return null
    },
  )
}

type WorkOptions = { db: Database; agents: Agents; hooks: LicenseHooks }

/** What an agent asks before it works. */
export function addWorkRoutes(app: App, { db, agents, hooks }: WorkOptions): void {
  app.post(
    '/agent/v1/license',
    {
      config: { access: 'device' },
      schema: {
        operationId: 'askLicense',
        tags,
        summary: 'Ask whether the device may work with a product; takes a license where that is automatic',
        security: byDeviceKey,
        body: askLicense,
        response: { 200: grantedLicense, ...problemAnswers },
      },
    },
    async (request) => {
      const { product } = request.body
      const startedAtMs = performance.now()
      const { device, readAtMs } = await agents.authenticate(request)
      const found = await commands.findLicense(db, hooks, visitor(request), { device, product })
      if (typeof found !== 'string') return found
      if (found === 'none' && readAtMs >= startedAtMs) throw new Problem('no_license')
      // In memory the device may still stand where its tenant was before a move.
      agents.forget(request)
      const { device: known } = await agents.authenticate(request)
      return commands.askLicense(db, hooks, visitor(request), { device: known, product })
    },
  )
}
