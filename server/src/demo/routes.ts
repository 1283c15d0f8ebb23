import { demoUserPage, instance } from '@tenantree/contract'
import { visit } from '../identity/index.ts'
import { Problem } from '../kernel/problem.ts'
import { toInstantText } from '../kernel/time.ts'
import type { Mails } from '../mails/index.ts'
import type { Mode } from '../platform/config.ts'
import type { Database } from '../platform/database.ts'
import type { App } from '../platform/http/app.ts'
import { openToAll, problemAnswers } from '../platform/http/schemas.ts'
import { version } from '../version.ts'
import { listDemoUsers } from './load.ts'

export type DemoOptions = { db: Database; mode: Mode; mailDelivery: Mails['kind'] }

/** What anyone may know of this installation before signing in. */
export function addDemoRoutes(app: App, { db, mode, mailDelivery }: DemoOptions): void {
  const tags = ['instance']
  app.get(
    '/v1/instance',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'getInstance',
        tags,
        summary: 'What anyone may know before signing in',
        security: openToAll,
        response: { 200: instance, ...problemAnswers },
      },
    },
    async (request) => {
      const { now } = await visit(db, { requestId: request.id, address: request.ip })
      return {
        name: 'Tenantree',
        version,
        mode,
        now: toInstantText(now),
        clock_movable: mode !== 'production',
        mail_delivery: mailDelivery,
      }
    },
  )
  app.get(
    '/v1/demo-users',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'listDemoUsers',
        tags,
        summary: 'Accounts of the demo channel (demo mode only)',
        security: openToAll,
        response: { 200: demoUserPage, ...problemAnswers },
      },
    },
    async (request) => {
      if (mode !== 'demo') throw new Problem('not_found')
      return listDemoUsers(db, await db.systemCall(request.id))
    },
  )
}
