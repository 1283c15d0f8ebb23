import * as z from 'zod'
import { division } from './billing.ts'
import { day, id, month, pageOf, pageQuery } from './common.ts'
import { offerRef, peakMetric } from './offers.ts'
import { tenantRef } from './tenants.ts'

const value = z.int().meta({ description: 'Bytes or users, as reported' })
const quantity = z
  .string()
  .meta({ description: 'Gigabytes of 10^9 bytes, or users: what is charged; not rounded unless it is divided' })
const unit = z.enum(['GB', 'user'])

/** The highest value of a device in a month, with the date of it. R-ACT-7. */
export const peakUsage = z
  .strictObject({
    customer: tenantRef.meta({ description: 'The end customer' }),
    site: tenantRef.nullable().meta({ description: 'Where the device stands, if at a site' }),
    offer: offerRef,
    metric: peakMetric,
    device_id: id,
    host_name: z.string().nullable().meta({ description: 'null once erased' }),
    deleted_on: day.nullable().meta({ description: 'Nothing is carried past that day' }),
    value,
    peak_on: day.meta({ description: 'The first day that had the highest value' }),
    days: z.array(z.int().min(1).max(31)).meta({ description: 'Days that have a value, reported or carried' }),
    charged_days: z.array(z.int().min(1).max(31)).meta({ description: 'Of these, the days that no trial covers' }),
    unit,
    quantity,
    division: division.nullable().meta({ description: 'null where nothing is divided' }),
    reason: z.enum(['peak', 'trial', 'own_storage']).meta({ description: 'Only what is a peak is charged' }),
  })
  .meta({ id: 'PeakUsage' })
export type PeakUsage = z.infer<typeof peakUsage>
export const peakUsagePage = pageOf(peakUsage).meta({ id: 'PeakUsagePage' })
export const peakUsageQuery = z.strictObject({
  ...pageQuery,
  month: month.optional().meta({ description: 'The running month if left out' }),
  tenant_id: id.optional().meta({ description: 'Usage of this tenant and everything below it' }),
})

export const peakTotal = z
  .strictObject({
    offer: offerRef,
    metric: peakMetric,
    unit,
    customers: z.int(),
    devices: z.int().meta({ description: 'Charged devices' }),
    quantity,
    free_devices: z.int().meta({ description: 'Devices in trial, or with storage of their own' }),
  })
  .meta({ id: 'PeakTotal' })
export type PeakTotal = z.infer<typeof peakTotal>
export const peakTotalPage = pageOf(peakTotal).meta({ id: 'PeakTotalPage' })

/** A device behind a line of a peak offer. R-BILL-6. */
export const peakEvidence = z
  .strictObject({
    device_id: id,
    host_name: z.string().nullable(),
    site_name: z.string().nullable(),
    deleted_on: day.nullable(),
    value,
    peak_on: day,
    days: z.array(z.int()).meta({ description: 'Charged days' }),
    unit,
    quantity,
    division: division.nullable(),
  })
  .meta({ id: 'PeakEvidence' })
export type PeakEvidence = z.infer<typeof peakEvidence>
