import type { Database } from '../../platform/database.ts'
import type { DueTask } from '../../platform/due.ts'
import { settleAll } from '../commands.ts'
import { endNext } from '../device-trials/commands.ts'
import { forgetMachines } from '../device-trials/repository.ts'

/** Stores the ends of trials. What is shown, decided and charged does not wait for it. R-TRIAL-3. */
export const trialEnds = (db: Database): DueTask[] => [
  { name: 'subscriptions.trials', run: (call) => settleAll(db, call) },
  {
    name: 'devices.trials',
    async run(call) {
      while (await endNext(db, call));
    },
  },
  { name: 'devices.machine_trials', run: (call) => db.work(call, (tx) => forgetMachines(tx, call.now)) },
]
