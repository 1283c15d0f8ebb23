import type { Permission } from '@tenantree/contract'
import {
  deleteTenant,
  idParams,
  movePreview,
  moveTenant,
  setStorageLocation,
  type Tenant,
  tenant,
} from '@tenantree/contract'
import type { CallContext } from '../../kernel/context.ts'
import type { Database } from '../../platform/database.ts'
import { answerOnce } from '../../platform/http/answer-once.ts'
import type { App } from '../../platform/http/app.ts'
import { idempotencyHeaders, problemAnswers } from '../../platform/http/schemas.ts'
import type { TenantHooks } from '../hooks.ts'
import * as move from '../move/commands.ts'
import * as relocate from '../relocate/commands.ts'
import * as commands from './commands.ts'

const tags = ['tenants']

/** Everything that happens to a tenant after its creation, apart from edits. */
export function addLifeRoutes(app: App, db: Database, hooks: TenantHooks): void {
  addSwitch(app, db, {
    name: 'inactivate',
    may: 'tenants.inactivate',
    summary: 'Inactivate a tenant with all below it',
    act: (call, id) => commands.inactivateTenant(db, call, id),
  })
  addSwitch(app, db, {
    name: 'reactivate',
    may: 'tenants.inactivate',
    summary: 'Reactivate a tenant',
    act: (call, id) => commands.reactivateTenant(db, call, id),
  })
  addSwitch(app, db, {
    name: 'restore',
    may: 'tenants.delete',
    summary: 'Restore a deleted tenant, within 30 days',
    act: (call, id) => commands.restoreTenant(db, call, id),
  })
  addDelete(app, db, hooks)
  addMove(app, db, hooks)
  addLocation(app, db)
}

type Switch = {
  name: 'inactivate' | 'reactivate' | 'restore'
  may: Permission
  summary: string
  act(call: CallContext, id: string): Promise<Tenant>
}

/** An act that takes nothing but the tenant. */
const addSwitch = (app: App, db: Database, { name, may, summary, act }: Switch) =>
  app.post(
    `/v1/tenants/:id/${name}`,
    {
      config: { may },
      schema: {
        operationId: `${name}Tenant`,
        tags,
        summary,
        params: idParams,
        headers: idempotencyHeaders,
        response: { 200: tenant, ...problemAnswers },
      },
    },
    (request, reply) => answerOnce(db, request, reply, { status: 200, act: (call) => act(call, request.params.id) }),
  )

const addDelete = (app: App, db: Database, hooks: TenantHooks) =>
  app.post(
    '/v1/tenants/:id/delete',
    {
      config: { may: 'tenants.delete' },
      schema: {
        operationId: 'deleteTenant',
        tags,
        summary: 'Delete an inactive tenant; it can be restored for 30 days',
        params: idParams,
        headers: idempotencyHeaders,
        body: deleteTenant,
        response: { 200: tenant, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: (call) => commands.deleteTenant(db, hooks, call, { id: request.params.id, input: request.body }),
      }),
  )

function addMove(app: App, db: Database, hooks: TenantHooks): void {
  app.post(
    '/v1/tenants/:id/move',
    {
      config: { may: 'tenants.move' },
      schema: {
        operationId: 'moveTenant',
        tags,
        summary: 'Move a tenant with all below it under another parent',
        params: idParams,
        headers: idempotencyHeaders,
        body: moveTenant,
        response: { 200: tenant, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: (call) => move.moveTenant(db, hooks, call, toMove(request.params.id, request.body)),
      }),
  )
  app.post(
    '/v1/tenants/:id/move-preview',
    {
      config: { may: 'tenants.move' },
      schema: {
        operationId: 'previewMove',
        tags,
        summary: 'What a move would do; changes nothing',
        params: idParams,
        body: moveTenant,
        response: { 200: movePreview, ...problemAnswers },
      },
    },
    (request) => move.previewMove(db, hooks, request.call, toMove(request.params.id, request.body)),
  )
}

const toMove = (id: string, body: { parent_id: string; allow_unlicensed: boolean }) => ({
  id,
  parentId: body.parent_id,
  allowUnlicensed: body.allow_unlicensed,
})

const addLocation = (app: App, db: Database) =>
  app.post(
    '/v1/tenants/:id/storage-location',
    {
      config: { may: 'tenants.edit' },
      schema: {
        operationId: 'setStorageLocation',
        tags,
        summary: 'Give a tenant another storage location (vendor support, with a reason)',
        params: idParams,
        headers: idempotencyHeaders,
        body: setStorageLocation,
        response: { 200: tenant, ...problemAnswers },
      },
    },
    (request, reply) =>
      answerOnce(db, request, reply, {
        status: 200,
        act: (call) =>
          relocate.setStorageLocation(db, call, {
            id: request.params.id,
            location: request.body.storage_location,
            reason: request.body.reason,
          }),
      }),
  )
