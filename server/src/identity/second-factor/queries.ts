import type { secondFactor } from '@tenantree/contract'
import type * as z from 'zod'
import type { CallContext } from '../../kernel/context.ts'
import type { Database } from '../../platform/database.ts'
import { needsSecondFactor } from '../domain.ts'
import type { SessionRow } from '../repository.ts'
import * as repository from './repository.ts'

export const readSecondFactor = (
  db: Database,
  call: CallContext,
  session: SessionRow,
): Promise<z.infer<typeof secondFactor>> =>
  db.transaction(call, async (tx) => {
    const factor = await repository.findFactor(tx, session.user_id)
    return {
      enabled: session.has_second_factor,
      required: needsSecondFactor(session),
      enabled_at: factor?.confirmed_at ?? null,
      recovery_codes_left: await repository.countRecoveryCodes(tx, session.user_id),
    }
  })
