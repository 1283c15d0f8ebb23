import { storageLocationPage } from '@tenantree/contract'
import type { Database } from '../platform/database.ts'
import type { App } from '../platform/http/app.ts'
import { problemAnswers } from '../platform/http/schemas.ts'
import { listStorageLocations } from './queries.ts'

export function addPlacementRoutes(app: App, db: Database): void {
  app.get(
    '/v1/storage-locations',
    {
      schema: {
        operationId: 'listStorageLocations',
        tags: ['tenants'],
        summary: 'Where data can be kept',
        response: { 200: storageLocationPage, ...problemAnswers },
      },
    },
    (request) => listStorageLocations(db, request.call),
  )
}
